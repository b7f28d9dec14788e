/* Search by Chinese name, pinyin, initials or English name. */

const RESULTS_AT_MOST = 12;
const queryBox = byId("query");
const resultList = byId("results");
let results = [];
let activeResult = -1;

/* What each node can be found by, with how much a hit there is worth less than one in the name. */
const searchIndex = nodes.map((node) => {
  const pinyin = fold(node.pinyin);
  return [
    { text: fold(node.name), cost: 0 },
    { text: fold(node.name_en), cost: 3 },
    { text: pinyin, cost: 6 },
    { text: pinyin.replace(/ /g, ""), cost: 9, joined: true },
    { text: node.initials, cost: 12, joined: true, initials: true },
    { text: fold(node.ref), cost: 15 },
  ].filter((field) => field.text);
});

/** How well a field answers a query; 0 where it does not. */
function fieldScore(field, query, joinedQuery) {
  if (field.initials && joinedQuery.length < 2) return 0;
  const wanted = field.joined ? joinedQuery : query;
  const position = field.text.indexOf(wanted);
  if (position < 0) return 0;
  const atStart = position === 0 ? 100 : 0;
  const atWord = !atStart && field.text[position - 1] === " " ? 60 : 0;
  // Two initials in the middle of a name are mostly chance, but three find a brand behind its city.
  if (field.initials && !atStart && wanted.length < 3) return 0;
  const inside = atStart || atWord ? 0 : field.initials ? 24 : 30;
  const whole = field.text.length === wanted.length ? 60 : 0;
  return atStart + atWord + inside + whole - field.cost - Math.min(20, field.text.length / 6);
}

function findNodes(text) {
  const query = fold(text.trim());
  const joinedQuery = query.replace(/\s+/g, "");
  if (!joinedQuery) return [];
  const hits = [];
  for (const node of nodes) {
    const best = Math.max(...searchIndex[node.index].map((field) => fieldScore(field, query, joinedQuery)));
    if (best > 0) hits.push({ node, score: best + importance(node) - (visibleNodes[node.index] ? 0 : 25) });
  }
  hits.sort((a, b) => b.score - a.score || a.node.index - b.node.index);
  return hits.slice(0, RESULTS_AT_MOST).map((hit) => hit.node);
}

/** The text with the part that was typed underlined. */
function marked(text, query) {
  const position = text.toLowerCase().indexOf(query.toLowerCase());
  if (!query || position < 0) return [text];
  const end = position + query.length;
  return [text.slice(0, position), element("mark", {}, text.slice(position, end)), text.slice(end)];
}

function resultItem(node, index, query) {
  const hidden = visibleNodes[node.index] ? "" : " (filtered out)";
  return element("li", {
    role: "option",
    id: `result-${index}`,
    "aria-selected": "false",
    // Before the box loses the focus, which would close the list.
    onmousedown: (event) => {
      event.preventDefault();
      chooseResult(index);
    },
  },
  nodeIcon(node),
  element("span", { class: "names" },
    element("span", { class: "name", lang: "zh-Hans" }, marked(node.name, query)),
    element("span", { class: "other" }, marked([node.pinyin, node.name_en].filter(Boolean).join(" · "), query))),
  element("span", { class: "kind" }, kinds.get(node.kind).label + hidden));
}

function openResults(open) {
  resultList.hidden = !open;
  queryBox.setAttribute("aria-expanded", String(open));
  if (!open) queryBox.removeAttribute("aria-activedescendant");
}

function activate(index) {
  activeResult = index;
  [...resultList.children].forEach((item, position) => {
    if (item.getAttribute("role") === "option") item.setAttribute("aria-selected", String(position === index));
  });
  if (index < 0) return;
  resultList.children[index].scrollIntoView({ block: "nearest" });
  queryBox.setAttribute("aria-activedescendant", `result-${index}`);
}

function drawResults() {
  const query = queryBox.value.trim();
  results = findNodes(query);
  openResults(Boolean(query));
  if (!query) return;
  resultList.replaceChildren(...results.map((node, index) => resultItem(node, index, query)));
  if (!results.length) {
    const example = nodes.find((node) => node.initials.length > 2);
    const hint = example ? ` (${example.initials.slice(0, 4)})` : "";
    resultList.append(element("li", { class: "nothing", role: "option", "aria-disabled": "true" },
      `Nothing matches. Try Chinese, pinyin, initials${hint} or English.`));
  }
  activate(results.length ? 0 : -1);
  announce(counted(results.length, "result"));
}

function chooseResult(index) {
  const node = results[index];
  if (!node) return;
  openResults(false);
  if (state.view === "about" || state.view === "table") show("network");
  select(node.index, { focus: true });
}

queryBox.addEventListener("input", drawResults);
queryBox.addEventListener("focus", () => {
  if (queryBox.value) drawResults();
});
queryBox.addEventListener("blur", () => openResults(false));
queryBox.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && results.length) {
    event.preventDefault();
    activate((activeResult + step + results.length) % results.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    chooseResult(Math.max(0, activeResult));
  } else if (event.key === "Escape") {
    event.stopPropagation();
    queryBox.value = "";
    drawResults();
    queryBox.blur();
  }
});
