// Accepts the invitation that the link of a mail carries in its fragment, which no server has seen, for whoever logs in.
const form = document.querySelector("form");
const outcome = document.querySelector("#outcome");
const { login, logout, invitations } = form.dataset;
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  form.querySelector("button").disabled = true;
  outcome.textContent = "";
  try {
    const group = await join();
    history.replaceState(null, "", location.pathname);
    form.remove();
    outcome.textContent = `You are a member of ${group.name} now.`;
    return;
  } catch (error) {
    outcome.textContent = error instanceof Refusal ? error.message : "The service cannot be reached. Try again later.";
  }
  form.querySelector("button").disabled = false;
});

async function join() {
  const { access, refresh } = await send(login, Object.fromEntries(new FormData(form)));
  try {
    return await send(`${invitations}${encodeURIComponent(token)}/accept/`, {}, access);
  } finally {
    // The page keeps nobody logged in.
    await send(logout, { refresh });
  }
}

async function send(address, body, access) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (access) headers.Authorization = `Bearer ${access}`;
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  throw new Refusal(await answer.json());
}

class Refusal extends Error {
  constructor(problem) {
    super(problem.status === 404 ? "The invitation is not valid any more: ask for another one." : problem.detail);
  }
}
