/* The table view: the visible nodes as text, sorted as the reader likes. */

const ROWS_PER_PAGE = 200;
const byChinese = new Intl.Collator("zh");

const tableColumns = [
  { key: "name", title: "Name", value: (node) => displayName(node) },
  { key: "other", title: "Other name", value: otherName, wideOnly: true },
  { key: "kind", title: "Type", value: (node) => kinds.get(node.kind).label },
  { key: "cluster", title: "Cluster", value: clusterLabel },
  { key: "regions", title: "Regions", value: areaSummary, wideOnly: true },
  { key: "claims", title: "Claims", value: claimSummary, wideOnly: true },
  { key: "postings", title: "Postings", value: (node) => node.postings, number: true },
  { key: "ai_postings", title: "AI postings", value: (node) => node.ai_postings, number: true },
  { key: "links", title: "Links", value: (node) => node.linkCount, number: true },
];

const tableState = { page: 0, column: tableColumns.find((column) => column.key === "postings"), down: true };

/** The name in the language that the first column does not show. */
function otherName(node) {
  const other = state.english ? node.name : node.name_en;
  return other === displayName(node) ? "" : other;
}

function claimSummary(node) {
  const names = [...node.claimKeys].filter((key) => key.includes("/"))
    .map((key) => `${claimWord(key.split("/")[0])}: ${key.split("/")[1]}`);
  return names.join("; ");
}

function compareRows(first, second) {
  const { value, number } = tableState.column;
  const [a, b] = [value(first), value(second)];
  const order = number ? (a === null ? -1 : a) - (b === null ? -1 : b) : byChinese.compare(a, b);
  return (tableState.down ? -order : order) || first.index - second.index;
}

function sortBy(column) {
  const same = tableState.column === column;
  tableState.down = same ? !tableState.down : Boolean(column.number);
  tableState.column = column;
  tableState.page = 0;
  drawTable();
  byId(`sort-${column.key}`).focus();
}

function columnClass(column) {
  return [column.number ? "number" : "", column.wideOnly ? "wide-only" : ""].join(" ").trim();
}

function headCell(column) {
  const sorted = tableState.column === column;
  const arrow = sorted ? (tableState.down ? " ▼" : " ▲") : "";
  return element("th", {
    scope: "col",
    class: columnClass(column),
    "aria-sort": sorted ? (tableState.down ? "descending" : "ascending") : "none",
  }, element("button", { type: "button", id: `sort-${column.key}`, onclick: () => sortBy(column) }, column.title + arrow));
}

function bodyCell(column, node) {
  const value = column.value(node);
  let content = column.number && value !== null ? formatNumber(value) : value === null ? "" : value;
  if (column.key === "name") {
    content = element("button", {
      type: "button", lang: languageOf(node), onclick: () => select(node.index),
    }, content);
  }
  if (column.key === "cluster" && content) content = [swatch(nodeColor(node)), content];
  return element("td", { class: columnClass(column) }, content);
}

function turnPage(step) {
  tableState.page += step;
  drawTable();
  byId("view-table").scrollTop = 0;
}

function pager(count, pages) {
  const { page } = tableState;
  return element("div", { class: "pager" },
    element("strong", {}, `${counted(count, "node")} match${count === 1 ? "es" : ""} the filters`),
    pages > 1 ? [
      element("button", { type: "button", disabled: page === 0, onclick: () => turnPage(-1) }, "Previous"),
      element("span", {}, `page ${page + 1} of ${pages}`),
      element("button", { type: "button", disabled: page >= pages - 1, onclick: () => turnPage(1) }, "Next"),
    ] : null,
    element("button", { type: "button", onclick: () => exportAs("nodes") }, "Download as CSV"));
}

function drawTable() {
  if (state.view !== "table") return;
  const rows = shownNodes().sort(compareRows);
  const pages = Math.max(1, Math.ceil(rows.length / ROWS_PER_PAGE));
  tableState.page = Math.min(tableState.page, pages - 1);
  const from = tableState.page * ROWS_PER_PAGE;
  byId("table").replaceChildren(
    pager(rows.length, pages),
    element("table", {},
      element("caption", { class: "unseen" }, "Nodes that match the filters"),
      element("thead", {}, element("tr", {}, tableColumns.map(headCell))),
      element("tbody", {}, rows.slice(from, from + ROWS_PER_PAGE).map((node) => element("tr", {},
        tableColumns.map((column) => bodyCell(column, node)))))),
  );
}

listen("filter", drawTable);
listen("view", drawTable);
listen("labels", drawTable);
