/* The details panel: who a node is, what is claimed about it, the rows behind it, and its neighbours. */

const NEIGHBOURS_AT_FIRST = 8;
const NEIGHBOURS_MORE = 100;

const CLAIM_WORDS = { defense: "Defence", surveillance: "Surveillance", trade: "Trade list" };

function claimWord(kind) {
  return CLAIM_WORDS[kind] || kind;
}

function areaName(area) {
  return [area.name, area.nameEn].filter(Boolean).join(" ");
}

function factsOf(node) {
  const facts = [];
  if (node.postings !== null) facts.push(["Postings", formatNumber(node.postings)]);
  if (node.ai_postings !== null) {
    const share = node.postings ? ` (${Math.round((100 * node.ai_postings) / node.postings)} %)` : "";
    facts.push(["AI postings", formatNumber(node.ai_postings) + share]);
  }
  if (node.stands_for > 1 || node.kind === "rest") facts.push(["Stands for", counted(node.stands_for, "node")]);
  const label = clusterLabel(node);
  const clusterText = label
    ? [swatch(nodeColor(node)), label, isEmployer(node) ? "" : " (typical of)"]
    : ["none"];
  facts.push(["Cluster", clusterText]);
  if (label && isEmployer(node)) facts.push(["Cluster stability", stabilityWords(model.clusters[node.cluster])]);
  const span = timeSpan(node);
  if (span) facts.push(["Seen", span]);
  if (node.areas.length) facts.push(["Regions", areaSummary(node)]);
  facts.push(["Links", linksSummary(node)]);
  return [...facts, ...node.facts];
}

/** How far a cluster can be trusted; below 0.5 other seeds do not find it again. */
function stabilityWords(cluster) {
  if (cluster.stability === null) return "unknown";
  const warning = cluster.stability < 0.5 ? ": unstable, not to be read as a group" : "";
  return `${cluster.stability.toFixed(2)} of 1 over seeds${warning}`;
}

function timeSpan(node) {
  const first = edgesOf[node.index].map((edge) => edge.first_seen).filter(Boolean).sort()[0];
  const last = edgesOf[node.index].map((edge) => edge.last_seen).filter(Boolean).sort().pop();
  if (!first) return "";
  return first === last ? first : `${first} to ${last}`;
}

function areaSummary(node) {
  const names = node.areas.map((index) => areaName(areas[index]));
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

function linksSummary(node) {
  const more = node.links_left_out ? `; ${formatNumber(node.links_left_out)} weaker ones not drawn` : "";
  return formatNumber(node.linkCount) + more;
}

function factList(facts) {
  return element("dl", { class: "facts" },
    facts.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function badges(node) {
  const kindsClaimed = [...new Set(node.claims.filter((claim) => claim.valid).map((claim) => claim.kind))];
  if (!kindsClaimed.length) return null;
  return element("div", { class: "badges" }, kindsClaimed.map((kind) => {
    const bases = [...new Set(node.claims.filter((claim) => claim.valid && claim.kind === kind)
      .map((claim) => claim.basis))];
    return element("span", { class: `badge ${kind in CLAIM_WORDS ? kind : ""}` },
      `${claimWord(kind)}: ${bases.join(", ")}`);
  }));
}

function claimDates(claim) {
  if (!claim.listed_from && !claim.listed_to) return "undated";
  return `${claim.listed_from || "?"} to ${claim.listed_to || "today"}`;
}

function claimItem(claim) {
  const name = claim.affiliation_en ? `${claim.affiliation} ${claim.affiliation_en}` : claim.affiliation;
  const match = claim.score === null ? claim.method : `${claim.method} ${claim.score.toFixed(2)}`;
  return element("li", {},
    element("span", { class: claim.valid ? "" : "past", lang: "zh-Hans" }, name),
    element("span", { class: "from" }, `${claimWord(claim.kind)} · ${claim.basis} · ${claimDates(claim)}`
      + (claim.valid ? "" : " (does not hold on the page's date)")),
    element("span", { class: "from" }, "Source: ", outwardLink(claim.source || "unknown", claim.url)),
    element("span", { class: "from" }, `Matched ${claim.matched_name || "?"} by ${match || "?"}`));
}

function claimSection(node) {
  if (!node.claims.length) return null;
  return element("section", {},
    element("h3", {}, `Claims (${node.claims.length})`),
    element("ul", { class: "evidence" }, node.claims.map(claimItem)));
}

function evidenceItem(index) {
  const row = evidenceRows[index];
  const where = `${model.sources[row.source]}${row.row === null ? "" : `, row ${row.row}`}`;
  const repeats = row.repeats ? ` · ${counted(row.repeats, "repeat")} in the files` : "";
  return element("li", {},
    element("span", { lang: "zh-Hans" }, outwardLink(row.title || "untitled posting", row.url)),
    element("span", { class: "from" }, `${row.date || "undated"}${repeats}`),
    element("span", { class: "from" }, where));
}

function evidenceList(indexes) {
  return element("ul", { class: "evidence" }, indexes.map(evidenceItem));
}

function evidenceSection(node) {
  const of = node.postings !== null && node.postings > node.evidence.length
    ? ` of ${formatNumber(node.postings)} postings` : "";
  const none = node.kind === "employer" ? "No posting row is attached to this node."
    : "The evidence stands on the nodes that are linked to this one.";
  return element("section", {},
    element("h3", {}, `Evidence (${node.evidence.length}${of})`),
    node.evidence.length ? evidenceList(node.evidence) : element("p", { class: "muted" }, none),
    of ? element("p", { class: "muted" }, `All rows: graphcli evidence ${node.ref}`) : null);
}

/** A number on a link in words: a summary's number adds up several links. */
function countOnLink(edge) {
  return edge.links > 1 && edge.relation.key !== "AFFILIATED_WITH" ? `${formatNumber(edge.links)} links`
    : formatNumber(edge.count);
}

function neighbourItem(node, edge, largest) {
  const other = otherEnd(edge, node.index);
  const item = element("li", {},
    element("button", {
      type: "button",
      class: "to",
      title: other.name_en || other.name,
      onclick: () => select(other.index, { focus: true }),
    },
    nodeIcon(other),
    element("span", { class: "name", lang: languageOf(other) }, displayName(other)),
    bar(edge.count / largest),
    element("span", { class: "count" }, countOnLink(edge))));
  if (edge.evidence.length) item.append(evidenceToggle(item, edge, other));
  return item;
}

/** A button that opens the rows behind one link below it. */
function evidenceToggle(item, edge, other) {
  const button = element("button", {
    type: "button",
    class: "why",
    "aria-expanded": "false",
    "aria-label": `Evidence for the link to ${displayName(other)}`,
    title: "Rows behind this number",
  }, "▸");
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    button.textContent = open ? "▸" : "▾";
    if (open) item.lastElementChild.remove();
    else item.append(evidenceList(edge.evidence));
  });
  return button;
}

function neighbourSection(title, node, list) {
  const largest = Math.max(1e-9, ...list.map((edge) => edge.count));
  const rows = element("ul", { class: "neighbours" });
  const showRows = (count) => {
    rows.replaceChildren(...list.slice(0, count).map((edge) => neighbourItem(node, edge, largest)));
    const left = list.length - count;
    if (left <= 0) return;
    const more = element("button", { type: "button", class: "link", onclick: () => showRows(count + NEIGHBOURS_MORE) },
      `Show ${Math.min(left, NEIGHBOURS_MORE)} more`);
    rows.append(element("li", {}, more));
  };
  showRows(NEIGHBOURS_AT_FIRST);
  const unit = list[0].relation.counts;
  return element("section", {},
    element("h3", {}, `${title} (${list.length}) `, element("span", { class: "hint" }, unit)), rows);
}

/** Links by relation and direction, each with the kind of node at the other end. */
function neighbourSections(node) {
  const groups = new Map();
  for (const edge of edgesOf[node.index]) {
    const words = edge.start === node.index ? edge.relation.forward : edge.relation.backward;
    if (!groups.has(words)) groups.set(words, []);
    groups.get(words).push(edge);
  }
  const isSummary = (edge) => otherEnd(edge, node.index).kind === "rest";
  return [...groups].map(([words, list]) => {
    list.sort((a, b) => isSummary(a) - isSummary(b) || b.count - a.count || a.index - b.index);
    return neighbourSection(words, node, list);
  });
}

async function copyText(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // A page opened from a folder may not use the clipboard; the address bar holds the same link.
    button.textContent = "See address bar";
  }
  setTimeout(() => { button.textContent = before; }, 1600);
}

function headOf(node) {
  const other = state.english ? [node.name, node.pinyin] : [node.pinyin, node.name_en];
  return element("div", { class: "details-head" },
    element("div", { class: "kind" }, nodeIcon(node), kinds.get(node.kind).label),
    element("button", { type: "button", class: "close", "aria-label": "Close details", onclick: () => select(null) }, "×"),
    element("h2", { lang: languageOf(node), tabindex: "-1", id: "details-name" }, displayName(node)),
    element("p", { class: "other" }, other.filter(Boolean).join(" · ")),
    element("div", { class: "actions" },
      element("button", {
        type: "button",
        onclick: () => {
          show("network");
          network.focus(node.index);
        },
      }, "Centre"),
      element("button", {
        type: "button",
        onclick: (event) => copyText(location.href, event.currentTarget),
      }, "Copy link"),
      element("button", { type: "button", onclick: () => saveLinks(edgesOf[node.index], node.name) }, "Links as CSV")));
}

let shownDetails = null;

function drawDetails() {
  const panel = byId("details");
  const wasHidden = panel.hidden;
  // What had the focus is about to be replaced: the focus goes to what takes its place.
  const hadFocus = panel.contains(document.activeElement);
  panel.hidden = state.selected === null;
  if (state.selected === null) {
    panel.replaceChildren();
  } else {
    const node = nodes[state.selected];
    panel.replaceChildren(...[
      headOf(node),
      element("section", {}, badges(node), factList(factsOf(node))),
      claimSection(node),
      evidenceSection(node),
      ...neighbourSections(node),
    ].filter(Boolean));
    if (shownDetails !== state.selected) panel.scrollTop = 0;
  }
  shownDetails = state.selected;
  if (hadFocus) byId(panel.hidden ? `tab-${state.view}` : "details-name").focus();
  if (wasHidden !== panel.hidden) network.resize();
}

listen("selection", drawDetails);
listen("labels", drawDetails);
