// The explorer: filters, a list in pages, and one question's story. The address names the question, so that it can be
// kept and sent: #q/RUN/ITEM.

const PAGE = 50;
const section = document.getElementById("questions");
const names = section.dataset.lists.split(" ");
const form = document.getElementById("filters");
const [list, panel, article] = ["found", "explorer", "story"].map((id) => document.getElementById(id));
const [earlier, later, pages] = ["earlier", "later", "pages"].map((id) => document.getElementById(id));
let shown = null;
let kept = [];
let page = 0;

function options(select, pairs) {
  select.replaceChildren(...pairs.map(([value, text]) => element("option", { value, text })));
}

function fillFilters() {
  const { system, outcome, label, order } = form.elements;
  options(system, [["", "any system"], ...shown.systems.map((name) => [name, name])]);
  const seen = new Set(shown.all.join(""));
  const outcomes = Object.entries(OUTCOMES).filter(([letter]) => seen.has(letter));
  options(outcome, [["", "anything"], ...outcomes.map(([letter, [, said]]) => [letter, said]), ["split", "disputed among systems"]]);
  options(label, [["", "any"], ...labelsOf(shown).flatMap(([name, values]) =>
    values.map((value) => [JSON.stringify([name, value]), `${name}: ${value || "(none)"}`]))]);
  options(order, Object.entries(ORDERS));
}

function row(n) {
  const href = `#q/${form.elements.run.value}/${encodeURIComponent(shown.ids[n])}`;
  const signs = marks(shown, n).map(({ tone, sign, said, system }) =>
    element("span", { className: tone }, element("span", { text: sign, "aria-hidden": "true" }),
      element("span", { className: "unseen", text: `${said}:` }), ` ${system}`));
  const link = element("a", { href },
    element("b", { text: shown.ids[n] }), element("span", { className: "asked", text: shown.asked[n] }),
    element("span", { className: "marks" }, ...signs));
  if (href === location.hash) link.setAttribute("aria-current", "true");
  return element("li", {}, link);
}

function drawList() {
  const last = Math.max(0, Math.ceil(kept.length / PAGE) - 1);
  page = Math.min(page, last);
  list.replaceChildren(...kept.slice(page * PAGE, (page + 1) * PAGE).map(row));
  const count = (n) => n.toLocaleString("en");
  document.getElementById("count").textContent = `${count(kept.length)} of ${count(shown.ids.length)} questions`;
  document.getElementById("page").textContent = `${count(page + 1)} of ${count(last + 1)}`;
  pages.hidden = last === 0;
  earlier.disabled = page === 0;
  later.disabled = page === last;
}

function filter() {
  const { words, system, outcome, label, order } = form.elements;
  kept = found(shown, {
    words: words.value, system: system.value, outcome: outcome.value, label: label.value, order: order.value,
  });
  page = 0;
  drawList();
}

async function chooseRun(number) {
  form.elements.run.value = String(number);
  shown = prepared(await read(names[number]));
  fillFilters();
  filter();
}

function close() {
  article.hidden = true;
  panel.classList.remove("open");
}

async function open(number, id) {
  if (shown === null || form.elements.run.value !== String(number)) await chooseRun(number);
  const n = shown.ids.indexOf(id);
  if (n < 0) return close();
  const { questions, texts } = await read(`${names[number]}-${Math.floor(n / shown.perBlock)}`);
  const labels = Object.entries(shown.labels[n]).map(([label, value]) => `${label}: ${value}`).join(" · ");
  const place = kept.indexOf(n);
  const beside = [[-1, "Previous"], [1, "Next"]].filter(([step]) => place >= 0 && kept[place + step] !== undefined);
  const links = beside.map(([step, text]) =>
    element("a", { href: `#q/${number}/${encodeURIComponent(shown.ids[kept[place + step]])}`, text }));
  article.replaceChildren(
    element("p", { className: "above" }, element("a", { href: "#questions", text: "Back to the list" }),
      element("span", {}, ...links.flatMap((link, i) => (i ? [" · ", link] : [link])))),
    element("h3", { text: id }), element("p", { className: "note", text: labels }),
    ...(shown.redacted ? [element("p", { className: "note", text: "Texts are kept private for this task." })] : []),
    ...story(questions[n % shown.perBlock], texts, shown.systems));
  article.hidden = false;
  panel.classList.add("open");
  if (place >= 0) page = Math.floor(place / PAGE);
  drawList();
  article.focus({ preventScroll: true });
  article.scrollIntoView({ block: "start" });
}

async function follow() {
  const [, number, id] = /^#q\/(\d+)\/(.*)$/.exec(location.hash) ?? [];
  if (id === undefined || names[number] === undefined) return close();
  await open(Number(number), decodeURIComponent(id));
}

function step(event) {
  if (event.key === "Escape" && !article.hidden) {
    const back = list.querySelector("[aria-current]");
    location.hash = "#questions";
    close();
    if (back) back.focus();
  }
  const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  const next = way && event.target.closest?.("#found li")?.[way];
  if (next) {
    event.preventDefault();
    next.firstElementChild.focus();
  }
}

function guarded(work) {
  return (...given) => Promise.resolve(work(...given)).catch((problem) => {
    const told = document.getElementById("trouble");
    told.textContent = `The questions cannot be shown: ${problem.message}`;
    told.hidden = false;
  });
}

async function start() {
  if (typeof DecompressionStream === "undefined") throw new Error("this browser is too old to unpack them");
  document.getElementById("of-run").hidden = names.length === 1;
  await chooseRun(0);
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", guarded((event) => {
    if (event.target.name !== "run") return filter();
    close();
    return chooseRun(Number(event.target.value));
  }));
  earlier.addEventListener("click", () => { page -= 1; drawList(); });
  later.addEventListener("click", () => { page += 1; drawList(); });
  addEventListener("hashchange", guarded(follow));
  addEventListener("keydown", step);
  await follow();
  section.dataset.ready = "yes";
}

guarded(start)();
