// Sends on what the link of a mail carries in its fragment, which no server has seen, once its reader says so.
const form = document.querySelector("form");
const outcome = document.querySelector("#outcome");
const carried = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.querySelector("button").disabled = true;
  outcome.textContent = "";
  try {
    const answer = await fetch(form.dataset.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ uid: "", token: "", ...carried, ...Object.fromEntries(new FormData(form)) }),
    });
    if (answer.ok) {
      history.replaceState(null, "", location.pathname);
      form.remove();
      outcome.textContent = form.dataset.done;
      return;
    }
    outcome.textContent = reasons(await answer.json());
  } catch {
    outcome.textContent = "The service cannot be reached. Try again later.";
  }
  form.querySelector("button").disabled = false;
});

function reasons(problem) {
  const password = (problem.errors ?? []).filter((fault) => fault.attr === "new_password");
  if (password.length) return password.map((fault) => fault.detail).join(" ");
  return problem.status === 400 ? "The link is not valid any more: ask for another one." : problem.detail;
}
