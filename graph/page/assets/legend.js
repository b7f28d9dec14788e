/* The panel on the left: what shapes and colours mean, and the filters with their live counts. */

/** Rows of the legend: each with how to bring it in step with the state and whom it counts. */
const legendRows = [];

/** A row with a tick box, a picture, a label and a count. */
function legendRow({ label, picture, count, isOn, turn, only, inner, note }) {
  const id = `row-${legendRows.length}`;
  const box = element("input", { type: "checkbox", id });
  box.addEventListener("change", () => {
    turn(box.checked);
    applyFilters();
  });
  let words = element("label", { class: "label", for: id }, label);
  if (only) {
    box.setAttribute("aria-label", `Show ${label}`);
    words = element("button", { type: "button", class: "label", title: note || `Show only ${label}`, onclick: only }, label);
  }
  const number = element("span", { class: "count" });
  const row = element("div", { class: inner ? "row inner" : "row" }, box, picture, words, number);
  legendRows.push({ refresh: () => {
    box.checked = isOn();
    row.classList.toggle("off", picture !== null && !isOn());
    number.textContent = formatNumber(count());
  } });
  return row;
}

function toggleIn(set, key) {
  return (on) => (on ? set().add(key) : set().delete(key));
}

function countVisible(test) {
  return nodes.filter((node) => visibleNodes[node.index] && test(node)).length;
}

function drawKindRows() {
  const present = model.kinds.filter((kind) => nodes.some((node) => node.kind === kind.key));
  byId("kind-rows").replaceChildren(...present.map((kind) => legendRow({
    label: kind.plural,
    picture: icon(kind.shape, "#8794a6"),
    count: () => countVisible((node) => node.kind === kind.key),
    isOn: () => state.kinds.has(kind.key),
    turn: toggleIn(() => state.kinds, kind.key),
  })));
}

/** Show only one cluster; asked again, show all. */
function onlyCluster(slot) {
  const alone = state.clusters.size === 1 && state.clusters.has(slot);
  const all = Array.from({ length: NO_CLUSTER + 1 }, (_, index) => index);
  state.clusters = new Set(alone ? all : [slot]);
  applyFilters();
  network.fit(motion(300));
}

function drawClusterRows() {
  const slots = model.clusters.slice(0, SMALLER_CLUSTERS)
    .map((cluster, slot) => ({
      slot,
      label: clusterName(cluster),
      color: cluster.color,
      note: `${counted(cluster.size, "employer")} in all, stability ${stabilityWords(cluster)}`,
    }));
  const smaller = model.clusters.length - SMALLER_CLUSTERS;
  if (smaller > 0) slots.push({ slot: SMALLER_CLUSTERS, label: counted(smaller, "smaller cluster"), color: model.other_color });
  if (nodes.some((node) => clusterSlot(node) === NO_CLUSTER)) {
    slots.push({ slot: NO_CLUSTER, label: "In no cluster", color: model.other_color });
  }
  byId("cluster-rows").replaceChildren(...slots.map(({ slot, label, color, note }) => legendRow({
    label,
    note,
    picture: icon("dot", color),
    count: () => countVisible((node) => clusterSlot(node) === slot),
    isOn: () => state.clusters.has(slot),
    turn: toggleIn(() => state.clusters, slot),
    only: () => onlyCluster(slot),
  })));
}

function drawClaimRows() {
  const present = [...new Set(nodes.flatMap((node) => [...node.claimKeys]))].sort();
  byId("claim-section").hidden = !present.length;
  byId("claim-rows").replaceChildren(...present.map((key) => {
    const [kind, basis] = key.split("/");
    return legendRow({
      label: basis || claimWord(kind),
      picture: null,
      inner: Boolean(basis),
      count: () => countVisible((node) => node.claimKeys.has(key)),
      isOn: () => state.claims.has(key),
      turn: toggleIn(() => state.claims, key),
    });
  }));
}

function drawAreaChoice() {
  const employers = new Map();
  for (const node of nodes) {
    if (node.kind === "employer") for (const area of node.areas) employers.set(area, (employers.get(area) || 0) + 1);
  }
  const option = (area, index) => element("option", { value: index },
    `${areaName(area)} (${counted(employers.get(index) || 0, "employer")})`);
  const group = (label, prefix) => {
    const options = areas.map((area, index) => (area.ref.startsWith(prefix) ? option(area, index) : null)).filter(Boolean);
    return options.length ? element("optgroup", { label }, options) : null;
  };
  const choice = byId("area");
  choice.replaceChildren(...[
    element("option", { value: -1 }, "All regions"),
    group("Regions", "region:"),
    group("Provinces", "province:"),
  ].filter(Boolean));
  choice.addEventListener("change", () => {
    state.area = Number(choice.value);
    applyFilters();
  });
}

function drawSliders() {
  const counts = edges.filter((edge) => edge.relation.counts === "postings").map((edge) => edge.count);
  const least = byId("least");
  least.max = Math.min(20, Math.max(2, ...counts));
  least.addEventListener("input", () => {
    state.least = Number(least.value);
    applyFilters();
  });
  const labels = byId("labels");
  labels.addEventListener("input", () => {
    state.labels = Number(labels.value);
    tell("labels");
  });
  const english = byId("english");
  english.addEventListener("change", () => {
    state.english = english.checked;
    tell("labels");
  });
  const circles = [3, 6, 10].map((radius, index) => drawing("circle", {
    cx: [8, 30, 62][index], cy: 13, r: radius, fill: "none", stroke: "currentColor", "stroke-width": 1.3,
  }));
  byId("size-key").replaceChildren(
    drawing("svg", { viewBox: "0 0 84 26", "aria-hidden": "true" }, circles),
    "size = postings, within a node type",
  );
}

/** Bring every control in step with the state. */
function refreshControls() {
  for (const row of legendRows) row.refresh();
  byId("area").value = String(state.area);
  byId("least").value = String(state.least);
  byId("least").setAttribute("aria-valuetext", counted(state.least, "posting"));
  byId("least-out").textContent = String(state.least);
  byId("labels").value = String(state.labels);
  byId("labels").setAttribute("aria-valuetext", LABEL_STEPS[state.labels]);
  byId("labels-out").textContent = LABEL_STEPS[state.labels];
}

function drawCounts() {
  const shown = visibleNodes.reduce((sum, value) => sum + value, 0);
  const links = visibleEdges.reduce((sum, value) => sum + value, 0);
  const summaries = nodes.filter((node) => node.kind === "rest");
  const sum = (list) => list.reduce((total, node) => total + node.stands_for, 0);
  const stoodFor = sum(summaries.filter((node) => visibleNodes[node.index]));
  // Summaries of employers have neither region nor claim, so such a filter leaves them out.
  const passedOver = state.claims.size || state.area >= 0 ? sum(summaries.filter(isEmployer)) : 0;
  const summary = stoodFor ? ` · summaries stand for ${formatNumber(stoodFor)} more` : "";
  const hidden = passedOver
    ? ` · ${counted(passedOver, "employer")} in summaries cannot be filtered so and are hidden` : "";
  byId("counts").textContent = `${formatNumber(shown)} of ${formatNumber(nodes.length)} nodes · `
    + `${formatNumber(links)} of ${formatNumber(edges.length)} links${summary}${hidden}`;
}

byId("reset").addEventListener("click", () => {
  clearFilters();
  applyFilters();
  select(null);
  network.fit(motion(300));
});
/* In a narrow window the panel slides over the view; a touch beside it puts it away. */
function openFilters(open) {
  byId("filters").classList.toggle("open", open);
  byId("filters-button").setAttribute("aria-expanded", String(open));
}
byId("filters-button").addEventListener("click", () => openFilters(!byId("filters").classList.contains("open")));
document.querySelector(".stage").addEventListener("pointerdown", () => openFilters(false));

function drawLegend() {
  legendRows.length = 0;
  drawKindRows();
  drawClusterRows();
  drawClaimRows();
  refreshControls();
}

drawAreaChoice();
drawSliders();
drawLegend();
listen("labels", drawLegend);
listen("filter", refreshControls);
listen("filter", drawCounts);
