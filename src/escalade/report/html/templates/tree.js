// One question's story as elements. Whatever a model wrote is set as text and never as markup.

const LONG = 900;
const LINES = 12;

function element(name, { text, className, ...attributes } = {}, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function quoted(text) {
  const box = element("div", { className: "text", text });
  if (text.length <= LONG && text.split("\n", LINES + 1).length <= LINES) return [box];
  const more = element("button", { className: "more", type: "button", text: "Show all", "aria-expanded": "false" });
  box.classList.add("short");
  more.addEventListener("click", () => {
    const short = box.classList.toggle("short");
    more.textContent = short ? "Show all" : "Show less";
    more.setAttribute("aria-expanded", String(!short));
  });
  return [box, more];
}

function line([kind, text, call], texts) {
  if (kind === "answer") {
    const said = call ? texts[call] : text;
    return said === undefined ? [element("p", { className: "line", text: "(its text was not stored)" })] : quoted(said);
  }
  return [element("p", { className: `line ${kind}`, text })];
}

function part([title, facts, lines, parts], texts, className = "part") {
  const heading = element("summary", {}, element("b", { text: title }), " ", element("span", { text: facts }));
  const inner = [...lines.flatMap((each) => line(each, texts)), ...parts.map((each) => part(each, texts))];
  const made = element("details", { className }, heading, ...inner);
  made.open = true;
  return made;
}

function trial(story, texts) {
  const made = part(story, texts, "part trial");
  made.open = story[3].some((each) => each[3].length > 0) || story[3].length > 1; // a single model's is short to tell
  return made;
}

function story([asked, trials], texts, systems) {
  const told = systems.flatMap((system) => (trials[system] ?? []).map(([, found]) => trial(found, texts)));
  return [...(asked ? quoted(asked) : []), ...told];
}
