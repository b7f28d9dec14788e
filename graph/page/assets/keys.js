/* Views, theme, keyboard, and addresses that lead to one state of the page. */

for (const view of VIEWS) {
  const tab = byId(`tab-${view}`);
  tab.addEventListener("click", () => show(view));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = VIEWS[(VIEWS.indexOf(view) + step + VIEWS.length) % VIEWS.length];
    show(next);
    byId(`tab-${next}`).focus();
  });
}

function drawTabs() {
  for (const view of VIEWS) {
    const tab = byId(`tab-${view}`);
    tab.setAttribute("aria-selected", String(view === state.view));
    tab.tabIndex = view === state.view ? 0 : -1;
    byId(`view-${view}`).hidden = view !== state.view;
  }
}

/* Theme: the system's until the reader chooses. */

const systemDark = matchMedia("(prefers-color-scheme: dark)");
let themeChosen = false;

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  readColors();
  tell("theme");
}

byId("theme-button").addEventListener("click", () => {
  themeChosen = true;
  setTheme(!isDark());
});
systemDark.addEventListener("change", () => {
  if (!themeChosen) setTheme(systemDark.matches);
});

/* Keys */

const helpDialog = byId("help");
byId("help-button").addEventListener("click", () => helpDialog.showModal());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  show("table");
  byId("table").focus();
});

/** Go to the next or previous neighbour of the node one started from. */
const walk = { from: null, at: null, position: -1 };

function walkNeighbours(step) {
  if (state.selected === null) return;
  if (walk.at !== state.selected) {
    walk.from = state.selected;
    walk.position = -1;
  }
  const around = edgesOf[walk.from].filter((edge) => visibleEdges[edge.index])
    .sort((a, b) => b.count - a.count || a.index - b.index)
    .map((edge) => otherEnd(edge, walk.from).index);
  if (!around.length) return;
  walk.position = (walk.position + step + around.length) % around.length;
  walk.at = around[walk.position];
  select(walk.at, { focus: true });
}

function closeSomething() {
  if (byId("filters").classList.contains("open")) openFilters(false);
  else select(null);
}

const NETWORK_KEYS = {
  f: () => network.fit(motion(300)),
  "+": () => network.zoom(1.3),
  "=": () => network.zoom(1.3),
  "-": () => network.zoom(1 / 1.3),
};
const PAN_KEYS = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] };

function pressed(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey || helpDialog.open) return;
  if (typing && !(event.key === "Escape" && event.target.type !== "search")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "/") {
    event.preventDefault();
    byId("query").focus();
    byId("query").select();
  } else if (key === "Escape") closeSomething();
  else if (key === "?") helpDialog.showModal();
  else if (/^[1-4]$/.test(key)) show(VIEWS[Number(key) - 1]);
  else if (key === "n" || key === "p") walkNeighbours(key === "n" ? 1 : -1);
  else if (state.view === "network" && NETWORK_KEYS[key]) NETWORK_KEYS[key]();
  else if (document.activeElement === networkBox && PAN_KEYS[key]) {
    event.preventDefault();
    network.pan(...PAN_KEYS[key]);
  }
}
document.addEventListener("keydown", pressed);

/* Addresses: #n=<ref>&view=map&area=<ref>&least=3&claims=…&clusters=…&kinds=…&names=en */

let addressReady = false;

function writeAddress() {
  if (!addressReady) return;
  const parts = new URLSearchParams();
  if (state.selected !== null) parts.set("n", nodes[state.selected].ref);
  if (state.view !== "network") parts.set("view", state.view);
  if (state.area >= 0) parts.set("area", areas[state.area].ref);
  if (state.least > 1) parts.set("least", state.least);
  if (state.claims.size) parts.set("claims", [...state.claims].sort().join(","));
  if (state.clusters.size <= NO_CLUSTER) parts.set("clusters", [...state.clusters].sort((a, b) => a - b).join(","));
  if (state.kinds.size < kinds.size) parts.set("kinds", [...state.kinds].join(","));
  if (state.english) parts.set("names", "en");
  try {
    history.replaceState(null, "", parts.size ? `#${parts}` : location.href.split("#")[0]);
  } catch {
    // Some viewers of local files forbid it; the page works without addresses there.
  }
}

/** Take the state from the address; unknown names are passed over. */
function readAddress() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const listed = (name) => (parts.get(name) || "").split(",").filter(Boolean);
  const claimKeysHere = new Set(nodes.flatMap((node) => [...node.claimKeys]));
  clearFilters();
  state.area = areas.findIndex((area) => area.ref === parts.get("area"));
  state.least = Math.min(20, Math.max(1, Number.parseInt(parts.get("least"), 10) || 1));
  state.claims = new Set(listed("claims").filter((key) => claimKeysHere.has(key)));
  if (parts.has("clusters")) {
    const slots = listed("clusters").map(Number).filter((slot) => slot >= 0 && slot <= NO_CLUSTER);
    state.clusters = new Set(slots);
  }
  if (parts.has("kinds")) state.kinds = new Set(listed("kinds").filter((key) => kinds.has(key)));
  state.english = parts.get("names") === "en";
  byId("english").checked = state.english;
  tell("labels");
  applyFilters();
  show(VIEWS.includes(parts.get("view")) ? parts.get("view") : "network");
  const node = nodeByRef.get(parts.get("n"));
  if (node) select(node.index, { focus: true });
}

addEventListener("hashchange", () => {
  addressReady = false;
  readAddress();
  addressReady = true;
});
listen("view", drawTabs);
for (const happening of ["filter", "selection", "view", "labels"]) listen(happening, writeAddress);
