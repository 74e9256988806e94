// How an app uses the API: the README's tour by a client whose types (v1.ts) are generated from openapi/v1.yaml.

import createClient, { type Client } from "openapi-fetch";

import type { components, paths } from "./v1.js";

type Api = Client<paths>;
type Schemas = components["schemas"];
type Habit = Pick<Schemas["Habit"], "id">;

/** What an app keeps between its runs. */
interface Keychain {
  tokens: Schemas["TokenPair"];
}

/** An answer that is no success: `problem.code` is what a program asks for. */
class Refusal extends Error {
  readonly problem: Schemas["Problem"];

  constructor(problem: Schemas["Problem"]) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

/** What was asked for, or the problem as an exception. */
function dataOf<Data>(answer: { data: Data; error?: never } | { data?: never; error: Schemas["Problem"] }): Data {
  if (answer.error !== undefined) throw new Refusal(answer.error);
  return answer.data;
}

function firstOf<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined) throw new Error("There is none.");
  return first;
}

async function logIn(address: string, credentials: Schemas["LoginRequest"]): Promise<Keychain> {
  const api = createClient<paths>({ baseUrl: address });
  return { tokens: dataOf(await api.POST("/api/v1/auth/token/", { body: credentials })) };
}

/** A client with the access token in each request. When that has run out, the pair is renewed and the request repeated. */
function createSession(address: string, keychain: Keychain): Api {
  const anonymous = createClient<paths>({ baseUrl: address });

  function send(request: Request): Promise<Response> {
    request.headers.set("Authorization", `Bearer ${keychain.tokens.access}`);
    return fetch(request);
  }

  async function renew(): Promise<void> {
    const { refresh } = keychain.tokens;
    keychain.tokens = dataOf(await anonymous.POST("/api/v1/auth/token/refresh/", { body: { refresh } }));
  }

  // A refresh token is used once: requests that are refused side by side wait for the same renewal.
  let renewal: Promise<void> | null = null;

  async function sendOrRenew(request: Request): Promise<Response> {
    const { access } = keychain.tokens;
    const response = await send(request.clone());
    if (response.status !== 401) return response;
    if (access === keychain.tokens.access) {
      renewal ??= renew().finally(() => (renewal = null));
      await renewal;
    }
    return send(request);
  }

  return createClient<paths>({ baseUrl: address, fetch: sendOrRenew });
}

/** The today screen is one call. */
async function showToday(api: Api) {
  const { date, habits, due, done } = dataOf(await api.GET("/api/v1/agenda/"));
  const lines = habits.map(({ name, day, unit, value_unit }) => {
    const amount = unit?.value ? ` (${unit.value} ${value_unit ?? ""})` : "";
    return `${day.status === "completed" ? "✓" : day.is_due ? "○" : "–"} ${name}${amount}`;
  });
  return { date, due, done, lines };
}

async function findHabit(api: Api, name: string): Promise<Habit> {
  return firstOf(dataOf(await api.GET("/api/v1/habits/", { params: { query: { name } } })).results);
}

/** Log a day. A log belongs to a habit and a date, so a request whose answer was lost is repeated without harm. */
async function logDay(api: Api, habit: Habit, date: string) {
  const put = () =>
    api.PUT("/api/v1/habits/{habit_id}/logs/{date}/", {
      params: { path: { habit_id: habit.id, date } },
      body: { value: "45", note: "Two chapters" },
    });
  const [first, second] = [await put(), await put()];
  return { statuses: [first.response.status, second.response.status], first: dataOf(first), second: dataOf(second) };
}

/** All logs of a habit, the latest first, page by page. */
async function* logsOf(api: Api, habit: Habit) {
  const path = { habit_id: habit.id };
  let cursor: string | null = null;
  do {
    const query = { page_size: 100, ...(cursor && { cursor }) };
    const answer = await api.GET("/api/v1/habits/{habit_id}/logs/", { params: { path, query } });
    const page: Schemas["LogCursorPage"] = dataOf(answer);
    yield* page.results;
    cursor = page.next && new URL(page.next).searchParams.get("cursor");
  } while (cursor);
}

async function countLogs(api: Api, habit: Habit) {
  const counts = { completed: 0, skipped: 0, missed: 0 };
  for await (const log of logsOf(api, habit)) counts[log.status] += 1;
  return counts;
}

/** Make a habit, under an id of our own: if the answer is lost, the same request makes no second one. Then log it. */
async function makeHabit(api: Api) {
  const id = crypto.randomUUID();
  const habit = dataOf(await api.POST("/api/v1/habits/", { body: { id, name: "Stretch", frequency: "weekly", target_count: 3 } }));
  const path = { habit_id: habit.id };
  const log = dataOf(await api.POST("/api/v1/habits/{habit_id}/logs/", { params: { path }, body: {} }));
  const insights = dataOf(await api.GET("/api/v1/habits/{habit_id}/insights/", { params: { path } }));
  return { isOurs: habit.id === id, habit, unit: log.habit_state.unit, insights };
}

/** What a form shows beside its fields. */
function faultsOf(problem: Schemas["Problem"]): Record<string, string> {
  return Object.fromEntries((problem.errors ?? []).map(({ attr, detail }) => [attr, detail]));
}

/** A typing error passes neither the compiler nor the service. */
async function misspell(api: Api) {
  const { error, response } = await api.POST("/api/v1/habits/", {
    // @ts-expect-error -- There is no `frequenzy`, and `frequency` is missing.
    body: { name: "Swim", frequenzy: "weekly" },
  });
  return { status: response.status, code: error?.code, faults: error && faultsOf(error) };
}

/** Change a habit only as it was read: who comes second is told, and overwrites nobody. */
async function editTwice(api: Api, habit: Habit) {
  const path = { habit_id: habit.id };
  const etag = (await api.GET("/api/v1/habits/{habit_id}/", { params: { path } })).response.headers.get("ETag");
  if (etag === null) throw new Error("A habit has an entity tag.");
  const params = { path, header: { "If-Match": etag } };
  const { color } = dataOf(await api.PATCH("/api/v1/habits/{habit_id}/", { params, body: { color: "#1976D2" } }));
  const { error } = await api.PATCH("/api/v1/habits/{habit_id}/", { params, body: { color: "#E53935" } });
  return { color, refusal: error?.code };
}

/** The days of a habit, and what all habits add up to. */
async function lookBack(api: Api, habit: Habit) {
  const progress = await api.GET("/api/v1/progress/", { params: { query: { habit: habit.id, period: "last_7_days" } } });
  const summary = await api.GET("/api/v1/insights/summary/", { params: { query: { period: "last_30_days" } } });
  return { days: firstOf(dataOf(progress).results).days, summary: dataOf(summary) };
}

/** Pictures are text, to be put into the page. */
async function draw(api: Api, habit: Habit) {
  const heatmap = await api.GET("/api/v1/habits/{habit_id}/heatmap.svg", {
    params: { path: { habit_id: habit.id } },
    parseAs: "text",
  });
  const trends = await api.GET("/api/v1/insights/trends.svg", {
    params: { query: { period: "this_year", bucket: "week" } },
    parseAs: "text",
  });
  return { heatmap: dataOf(heatmap), trends: dataOf(trends) };
}

function formOf(fields: Record<string, string | boolean | Blob>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value instanceof Blob ? value : String(value));
  return form;
}

/** Upload a backup, and wait until the background job has taken it over. */
async function importBackup(api: Api, backup: File) {
  let item = dataOf(
    await api.POST("/api/v1/imports/", {
      // TypeScript knows a file of a form (`format: binary`) as a string: its name, until the serializer puts in what it holds.
      body: { file: backup.name, dry_run: false },
      bodySerializer: (fields) => formOf({ ...fields, file: backup }),
    }),
  );
  while (item.state === "queued" || item.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, 200));
    item = dataOf(await api.GET("/api/v1/imports/{import_id}/", { params: { path: { import_id: item.id } } }));
  }
  if (item.error !== null) throw new Error(`${item.error.code}: ${item.error.detail}`);
  return item;
}

/** All of it, as Ada; `address` is where the service is, `backup` what a file input holds. */
export async function takeTour(address: string, backup: File) {
  const keychain = await logIn(address, { username: "ada", password: "one-day-at-a-time" });
  const { refresh } = keychain.tokens;
  // As on the next morning: the access token has run out.
  keychain.tokens = { access: "run-out", refresh };
  const api = createSession(address, keychain);
  const [me, today] = await Promise.all([api.GET("/api/v1/users/me/"), showToday(api)]);
  const reading = await findHabit(api, "read");
  const logged = await logDay(api, reading, today.date);
  const made = await makeHabit(api);
  return {
    me: dataOf(me),
    isRenewed: keychain.tokens.refresh !== refresh,
    today,
    logged,
    counts: await countLogs(api, reading),
    made,
    misspelt: await misspell(api),
    edited: await editTwice(api, made.habit),
    past: await lookBack(api, reading),
    pictures: await draw(api, reading),
    imported: await importBackup(api, backup),
  };
}
