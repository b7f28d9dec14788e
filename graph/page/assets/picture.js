/* The drawing as a picture to keep: on a canvas for PNG, as elements for SVG and paper. */

const PICTURE_WIDTH = 2400;
const PICTURE_HEAD = 130;
const PICTURE_FOOT = 70;
const SVG_NAMES_AT_MOST = 400;

/** Paint the visible graph with its title and the legend of clusters. */
function paintPicture() {
  const frame = frameAround(shownNodes(), 20);
  frame[1] -= 60;
  const scale = (PICTURE_WIDTH / (frame[2] - frame[0])) * 0.96;
  const sheet = element("canvas");
  sheet.width = PICTURE_WIDTH;
  sheet.height = Math.round((frame[3] - frame[1]) * scale + PICTURE_HEAD + PICTURE_FOOT);
  const canvas = sheet.getContext("2d");
  canvas.fillStyle = colors.background;
  canvas.fillRect(0, 0, sheet.width, sheet.height);
  canvas.fillStyle = colors.ink;
  canvas.font = `650 38px ${FONT}`;
  canvas.fillText(model.title, 44, 66);
  canvas.fillStyle = colors.muted;
  canvas.font = `24px ${FONT}`;
  canvas.fillText(model.subtitle, 44, 104);
  canvas.setTransform(scale, 0, 0, scale, PICTURE_WIDTH * 0.02 - frame[0] * scale, PICTURE_HEAD - frame[1] * scale);
  // Half the scale: the picture is about twice as fine as a screen, so names and lines double.
  const painted = scale / 2;
  paintEdges(canvas, edges.filter((edge) => visibleEdges[edge.index]), painted, edgeOpacity());
  for (const node of shownNodes()) paintNode(canvas, node, painted);
  paintLabels(canvas, painted, frame, null);
  canvas.setTransform(1, 0, 0, 1, 0, 0);
  paintClusterLegend(canvas, sheet.height - 46);
  return sheet;
}

function paintClusterLegend(canvas, top) {
  let left = 44;
  canvas.font = `24px ${FONT}`;
  canvas.textAlign = "left";
  canvas.textBaseline = "alphabetic";
  for (const cluster of model.clusters.slice(0, SMALLER_CLUSTERS)) {
    const label = shortened(cluster.label, 34);
    const width = canvas.measureText(label).width;
    if (left + width + 40 > PICTURE_WIDTH) break;
    canvas.fillStyle = cluster.color;
    canvas.fillRect(left, top, 22, 22);
    canvas.fillStyle = colors.ink;
    canvas.fillText(label, left + 32, top + 19);
    left += width + 62;
  }
}

function svgNode(node) {
  const title = drawing("title", {}, [node.name, node.name_en].filter(Boolean).join(" "));
  const look = { fill: nodeColor(node), stroke: "#26303d", "stroke-width": 0.9 };
  const path = pathOf(nodeShape(node), node.x, node.y, node.radius);
  return path ? drawing("path", { d: path, ...look }, title)
    : drawing("circle", { cx: node.x.toFixed(1), cy: node.y.toFixed(1), r: node.radius, ...look }, title);
}

function svgLabel(text, x, y, size, weight) {
  return drawing("text", {
    x: x.toFixed(1), y: y.toFixed(1), "font-size": size, "font-weight": weight, "text-anchor": "middle",
    fill: colors.ink, stroke: colors.background, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke",
  }, text);
}

function svgLabels() {
  const take = labelPlaces();
  const labels = [];
  for (const caption of captions) {
    const width = Math.max(...caption.lines.map(textWidth)) * 15;
    const height = caption.lines.length * 18;
    if (!take(caption.x - width / 2, caption.top - height - 6, width, height)) continue;
    caption.lines.forEach((line, row) => {
      labels.push(svgLabel(line, caption.x, caption.top - height + row * 18 + 8, 15, 650));
    });
  }
  for (const index of byImportance.slice(0, SVG_NAMES_AT_MOST)) {
    const node = nodes[index];
    const text = drawnName(node);
    const width = textWidth(text) * 9;
    const top = node.y + node.radius + 1;
    if (visibleNodes[index] && take(node.x - width / 2, top, width, 11)) {
      labels.push(svgLabel(text, node.x, top + 9, 9, 450));
    }
  }
  return labels;
}

/** The visible graph as an SVG element, names as text. */
function svgPicture() {
  const frame = frameAround(shownNodes(), 20);
  frame[1] -= 60;
  const [width, height] = [frame[2] - frame[0], frame[3] - frame[1]].map((value) => value.toFixed(1));
  const lines = edges.filter((edge) => visibleEdges[edge.index]).map((edge) => {
    const [start, end] = [nodes[edge.start], nodes[edge.end]];
    return drawing("path", {
      d: `M${start.x.toFixed(1)} ${start.y.toFixed(1)}L${end.x.toFixed(1)} ${end.y.toFixed(1)}`,
      stroke: edgeColor(edge),
      "stroke-width": edgeWidth(edge).toFixed(1),
    });
  });
  return drawing("svg", {
    viewBox: `${frame[0].toFixed(1)} ${frame[1].toFixed(1)} ${width} ${height}`,
    "font-family": FONT,
  },
  drawing("title", {}, model.title),
  drawing("rect", { x: frame[0].toFixed(1), y: frame[1].toFixed(1), width, height, fill: colors.background }),
  drawing("g", { "stroke-opacity": edgeOpacity().toFixed(2) }, lines),
  drawing("g", {}, shownNodes().map(svgNode)),
  drawing("g", {}, svgLabels()));
}

function svgText() {
  return new XMLSerializer().serializeToString(svgPicture());
}

/* Paper is white whatever the screen is, and a vector drawing prints sharper than the canvas. */
let themeBeforePrint = "";

addEventListener("beforeprint", () => {
  themeBeforePrint = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  readColors();
  if (state.view === "network") byId("print-picture").replaceChildren(svgPicture());
});
addEventListener("afterprint", () => {
  byId("print-picture").replaceChildren();
  document.documentElement.dataset.theme = themeBeforePrint;
  readColors();
});
