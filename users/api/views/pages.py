"""The pages to which the links of our mails lead where no front end has its own."""

from config.rest.pages import link_page

verify_email = link_page(
    "users/link.html",
    "verify-email",
    title="Your email address",
    invitation="Please confirm that this email address is yours.",
    button="Confirm",
    done="Thank you. The address is confirmed.",
)
reset_password = link_page(
    "users/link.html",
    "password-reset-confirm",
    title="A new password",
    invitation="All devices are logged out then, and personal tokens end.",
    button="Set the password",
    done="The password is set. You can log in with it now.",
    asks_password=True,
)
