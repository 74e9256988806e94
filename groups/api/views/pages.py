"""The page to which the mail of an invitation leads where no front end has its own."""

from config.rest.pages import link_page

invitation = link_page("groups/invitation.html", "token")
