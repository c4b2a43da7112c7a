// Which questions are listed, and in what order: pure functions of a run's list and of what the reader chose.

const OUTCOMES = {
  r: ["✓", "right", "good"],
  w: ["✗", "wrong", "bad"],
  p: ["◐", "partly right", ""],
  n: ["∅", "unreadable", "bad"],
  g: ["?", "not graded: the grader failed", ""],
  u: ["?", "not graded", ""],
  f: ["!", "without an answer", "bad"],
};

const ORDERS = {
  id: "as numbered",
  dear: "dearest first",
  cheap: "cheapest first",
  split: "most disputed first",
};

function prepared(list) {
  const hay = list.ids.map((id, n) =>
    [id, list.asked[n], ...Object.values(list.labels[n])].join("\n").toLowerCase(),
  );
  const all = list.ids.map((_, n) => list.systems.map((system) => list.outcomes[system][n]).join(""));
  const split = all.map((letters) => {
    const right = [...letters].filter((letter) => letter === "r").length;
    return Math.min(right, letters.length - right);
  });
  return { ...list, hay, all, split };
}

function labelsOf(list) {
  const groups = new Map();
  for (const labels of list.labels) {
    for (const [label, value] of Object.entries(labels)) {
      if (!groups.has(label)) groups.set(label, new Set());
      groups.get(label).add(value);
    }
  }
  const few = [...groups].filter(([, values]) => values.size > 1 && values.size <= 40);
  return few.map(([label, values]) => [label, [...values].sort()]);
}

function cost(list, system, n) {
  const costs = system === "" ? list.systems.map((name) => list.costs[name][n]) : [list.costs[system][n]];
  return costs.reduce((sum, each) => sum + (each ?? 0), 0);
}

function found(list, { words, system, outcome, label, order }) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const [name, value] = label === "" ? ["", ""] : JSON.parse(label);
  const kept = [];
  for (let n = 0; n < list.ids.length; n += 1) {
    const letters = system === "" ? list.all[n] : list.outcomes[system][n];
    if (outcome === "split" ? list.split[n] === 0 : outcome !== "" && !letters.includes(outcome)) continue;
    if (name !== "" && list.labels[n][name] !== value) continue;
    if (!wanted.every((word) => list.hay[n].includes(word))) continue;
    kept.push(n);
  }
  if (order === "dear") kept.sort((a, b) => cost(list, system, b) - cost(list, system, a) || a - b);
  if (order === "cheap") kept.sort((a, b) => cost(list, system, a) - cost(list, system, b) || a - b);
  if (order === "split") kept.sort((a, b) => list.split[b] - list.split[a] || a - b);
  return kept;
}

function marks(list, n) {
  return list.systems
    .filter((system) => list.outcomes[system][n] !== "")
    .map((system) => {
      const letters = [...list.outcomes[system][n]];
      const [sign, said, tone] = OUTCOMES[letters[0]];
      const many = letters.length > 1;
      const right = letters.filter((letter) => letter === "r").length;
      const rung = list.levels[system][n] === null || many ? "" : ` (rung ${list.levels[system][n]})`;
      return {
        tone: many ? "" : tone,
        sign: many ? `${right}/${letters.length}` : sign,
        said: many ? `${right} of ${letters.length} right` : said,
        system: system + rung,
      };
    });
}
