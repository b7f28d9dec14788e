/* Names on the drawing: the most important first, never one over another, the same size at any zoom. */

/* How many names each step of the label slider draws at most. */
const LABEL_STEPS = ["none", "few", "auto", "more", "all"];
const LABELS_AT_MOST = [0, 18, 46, 110, 400];
/* Names of clusters stand above them until one is zoomed in so far that single nodes matter. */
const CAPTIONS_BELOW_SCALE = 0.95;
const SMALLEST_LABELLED_RADIUS = 3.2;

const byImportance = nodes.map((node) => node.index)
  .sort((a, b) => importance(nodes[b]) - importance(nodes[a]) || a - b);

/* A coloured cluster is named when so many of its nodes are visible, any other when it is a crowd. */
const CAPTION_FROM = 3;
const CAPTION_WITHOUT_COLOR_FROM = 10;

/** Captions of the visible clusters: text lines, middle, top. */
let captions = [];

function refreshCaptions() {
  const found = new Map();
  for (const node of nodes) {
    if (!visibleNodes[node.index] || node.cluster < 0) continue;
    if (!found.has(node.cluster)) {
      const least = node.cluster < SMALLER_CLUSTERS ? CAPTION_FROM : CAPTION_WITHOUT_COLOR_FROM;
      found.set(node.cluster, { label: clusterLabel(node), least, count: 0, sum: 0, top: Infinity });
    }
    const caption = found.get(node.cluster);
    caption.count += 1;
    caption.sum += node.x;
    caption.top = Math.min(caption.top, node.y - node.radius);
  }
  captions = [...found.values()]
    .filter((caption) => caption.count >= caption.least)
    .map((caption) => ({ ...caption, lines: captionLines(caption.label), x: caption.sum / caption.count }))
    .sort((a, b) => a.least - b.least || b.count - a.count);
}

/** Break a cluster's label into at most three short lines at its separators. */
function captionLines(label) {
  const parts = label.split(/\s*[·;,/]\s*/).filter(Boolean).slice(0, 3);
  return parts.map((part) => (part.length > 30 ? `${part.slice(0, 29)}…` : part));
}

/** Places that labels have taken; `take` says no where the place is not free. */
function labelPlaces() {
  const taken = [];
  return function take(left, top, width, height) {
    const free = taken.every((other) => left >= other[0] + other[2] || left + width <= other[0]
      || top >= other[1] + other[3] || top + height <= other[1]);
    if (free) taken.push([left, top, width, height]);
    return free;
  };
}

function writeLabel(canvas, text, x, y, pixels, weight, color, scale) {
  canvas.font = `${weight} ${pixels / scale}px ${FONT}`;
  canvas.lineWidth = 3.4 / scale;
  canvas.lineJoin = "round";
  canvas.strokeStyle = colors.background;
  canvas.strokeText(text, x, y);
  canvas.fillStyle = color;
  canvas.fillText(text, x, y);
}

/** Draw the captions of clusters that lie in the frame [left, top, right, bottom]. */
function paintCaptions(canvas, scale, frame, take) {
  const pixels = (frame[2] - frame[0]) * scale < 640 ? 12 : 13.5;
  const lineHeight = (pixels + 3) / scale;
  for (const caption of captions) {
    if (caption.x < frame[0] || caption.x > frame[2]) continue;
    // Where the full caption finds no room, a shorter one may.
    for (let count = caption.lines.length; count > 0; count -= 1) {
      const lines = caption.lines.slice(0, count);
      canvas.font = `650 ${pixels / scale}px ${FONT}`;
      const width = Math.max(...lines.map((line) => canvas.measureText(line).width)) + 10 / scale;
      const height = count * lineHeight;
      const top = caption.top - height - 4 / scale;
      const middle = Math.max(frame[0] + width / 2, Math.min(frame[2] - width / 2, caption.x));
      if (!take(middle - width / 2, top, width, height)) continue;
      lines.forEach((line, row) => {
        writeLabel(canvas, line, middle, top + (row + 0.5) * lineHeight, pixels, 650, colors.ink, scale);
      });
      break;
    }
  }
}

/** Draw names of nodes in the frame; with a highlight, of its nodes only. */
function paintNames(canvas, scale, frame, highlight, take) {
  const room = Math.min(1, ((frame[2] - frame[0]) * scale) / 900);
  const limit = highlight ? 90 : Math.ceil(LABELS_AT_MOST[state.labels] * room);
  const order = highlight
    ? [highlight.center, ...byImportance.filter((index) => index !== highlight.center && highlight.around.has(index))]
    : byImportance;
  let drawn = 0;
  for (const index of order) {
    if (drawn >= limit) break;
    const node = nodes[index];
    const inside = node.x > frame[0] && node.x < frame[2] && node.y > frame[1] && node.y < frame[3];
    if (!visibleNodes[index] || !inside) continue;
    if (!highlight && node.radius * scale < SMALLEST_LABELLED_RADIUS) continue;
    const isCenter = highlight !== null && index === highlight.center;
    const isBig = highlight ? isCenter : node.kind !== "employer" && node.radius * scale > 8;
    const pixels = isBig ? 13 : 11.5;
    const weight = isBig ? 600 : 450;
    const text = drawnName(node);
    canvas.font = `${weight} ${pixels / scale}px ${FONT}`;
    const width = canvas.measureText(text).width + 6 / scale;
    const height = (pixels + 3) / scale;
    const middle = node.y + node.radius * 1.1 + height / 2 + 2 / scale;
    // A name that the window's edge would cut is better left out, unless it was asked for.
    const isCut = node.x - width / 2 < frame[0] || node.x + width / 2 > frame[2];
    if (isCut && !highlight) continue;
    if (!take(node.x - width / 2, middle - height / 2, width, height)) continue;
    const color = node.kind === "employer" && !highlight ? colors.muted : colors.ink;
    writeLabel(canvas, text, node.x, middle, pixels, weight, color, scale);
    drawn += 1;
  }
}

/** A node's name on the drawing: short, and for a summary just how many it stands for. */
function drawnName(node) {
  return node.kind === "rest" ? `+${formatNumber(node.stands_for)}` : shortened(displayName(node), 26);
}

function shortened(text, length) {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function paintLabels(canvas, scale, frame, highlight) {
  const take = labelPlaces();
  canvas.textAlign = "center";
  canvas.textBaseline = "middle";
  canvas.globalAlpha = 1;
  if (!highlight && scale < CAPTIONS_BELOW_SCALE && state.labels > 0) paintCaptions(canvas, scale, frame, take);
  paintNames(canvas, scale, frame, highlight, take);
}

/** What is drawn over the network: a veil over all but the highlighted neighbourhood, then the names. */
function paintOverlay(canvas, scale, frame) {
  const highlight = highlighted();
  if (highlight) {
    canvas.globalAlpha = colors.veil;
    canvas.fillStyle = colors.background;
    canvas.fillRect(frame[0], frame[1], frame[2] - frame[0], frame[3] - frame[1]);
    paintEdges(canvas, highlight.edges, scale, 0.85);
    for (const index of highlight.around) paintNode(canvas, nodes[index], scale);
    const center = nodes[highlight.center];
    traceShape(canvas, nodeShape(center), center.x, center.y, center.radius + 5 / scale);
    canvas.lineWidth = 2.5 / scale;
    canvas.strokeStyle = colors.ink;
    canvas.stroke();
    paintNode(canvas, center, scale);
  }
  paintLabels(canvas, scale, frame, highlight);
}
