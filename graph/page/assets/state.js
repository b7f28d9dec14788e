/* What the reader has chosen, which nodes and links that leaves visible, and who is told of a change. */

const VIEWS = ["network", "map", "table", "about"];

const state = {
  kinds: new Set(kinds.keys()),
  clusters: new Set(),
  claims: new Set(),
  area: -1,
  least: 1,
  labels: 2,
  english: false,
  selected: null,
  hovered: null,
  view: "network",
};

const visibleNodes = new Uint8Array(nodes.length).fill(1);
const visibleEdges = new Uint8Array(edges.length).fill(1);

/* Parts of the page listen to "filter", "selection", "hover", "view", "theme" and "labels". */
const listeners = new Map();

function listen(happening, listener) {
  if (!listeners.has(happening)) listeners.set(happening, []);
  listeners.get(happening).push(listener);
}

function tell(happening) {
  for (const listener of listeners.get(happening) || []) listener();
}

/** The name a node is shown by. */
function displayName(node) {
  return state.english && node.name_en ? node.name_en : node.name;
}

function languageOf(node) {
  return state.english && node.name_en ? "en" : "zh-Hans";
}

function clearFilters() {
  state.kinds = new Set(kinds.keys());
  state.clusters = new Set(Array.from({ length: NO_CLUSTER + 1 }, (_, slot) => slot));
  state.claims = new Set();
  state.area = -1;
  state.least = 1;
}
clearFilters();

/** Filters on employers hide what is linked to none of those left. */
function isNarrowed() {
  return state.clusters.size <= NO_CLUSTER || state.claims.size > 0 || state.area >= 0 || state.least > 1;
}

function passesAsEmployer(node) {
  if (!state.clusters.has(clusterSlot(node))) return false;
  // A summary has neither claims nor areas of its own, so it cannot be filtered by them.
  if (state.claims.size && ![...state.claims].some((key) => node.claimKeys.has(key))) return false;
  return state.area < 0 || node.areas.includes(state.area);
}

function edgeIsStrongEnough(edge) {
  return edge.relation.counts !== "postings" || edge.count >= state.least;
}

/** Mark what is linked to an employer that passes; regions and kinds of claim follow in a second step. */
function tiedToEmployers(anchors) {
  const tied = Uint8Array.from(anchors);
  const strong = edges.filter(edgeIsStrongEnough);
  for (const edge of strong) {
    if (anchors[edge.start] && !isEmployer(nodes[edge.end])) tied[edge.end] = 1;
    if (anchors[edge.end] && !isEmployer(nodes[edge.start])) tied[edge.start] = 1;
  }
  for (const edge of strong) {
    const indirect = edge.relation.key === "PART_OF" || edge.relation.key === "CLAIM_KIND";
    if (indirect && tied[edge.start]) tied[edge.end] = 1;
  }
  return tied;
}

function isInArea(node) {
  return state.area < 0 || (node.kind !== "city" && node.kind !== "region") || node.areas.includes(state.area);
}

/** Work out again what is visible, and tell the page. */
function applyFilters() {
  const anchors = nodes.map((node) => (isEmployer(node) && passesAsEmployer(node) ? 1 : 0));
  const tied = isNarrowed() ? tiedToEmployers(anchors) : null;
  for (const node of nodes) {
    const stays = isEmployer(node) ? anchors[node.index] : !tied || tied[node.index];
    visibleNodes[node.index] = stays && isInArea(node) && state.kinds.has(node.kind) ? 1 : 0;
  }
  for (const edge of edges) {
    const drawn = visibleNodes[edge.start] && visibleNodes[edge.end] && edgeIsStrongEnough(edge);
    visibleEdges[edge.index] = drawn ? 1 : 0;
  }
  if (state.least > 1) hideEmployersWithoutLinks();
  if (state.selected !== null && !visibleNodes[state.selected]) state.selected = null;
  tell("filter");
  tell("selection");
}

function hideEmployersWithoutLinks() {
  for (const node of nodes) {
    const linked = edgesOf[node.index].some((edge) => visibleEdges[edge.index]);
    if (isEmployer(node) && !linked) visibleNodes[node.index] = 0;
  }
}

/** Select a node by its index, or nothing by null; a node that filters hide takes the filters off. */
function select(index, options) {
  let words = "Selection cleared";
  if (index !== null) {
    const node = nodes[index];
    words = `${displayName(node)}, ${kinds.get(node.kind).label}, ${counted(node.linkCount, "link")}. Details opened.`;
    if (!visibleNodes[index]) {
      clearFilters();
      applyFilters();
      words += " Filters were reset to show it.";
    }
  }
  state.selected = index;
  tell("selection");
  if (options && options.focus && index !== null) tell("focus");
  announce(words);
}

/** The visible neighbourhood of the selected or hovered node, or null. */
function highlighted() {
  const center = state.selected !== null ? state.selected : state.hovered;
  if (center === null) return null;
  const drawn = edgesOf[center].filter((edge) => visibleEdges[edge.index]);
  const around = new Set([center]);
  for (const edge of drawn) around.add(edge.start).add(edge.end);
  return { center, around, edges: drawn };
}

function show(view) {
  state.view = view;
  tell("view");
}
