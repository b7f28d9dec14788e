/* Small tools for elements and numbers. Text goes in as text only: nothing here ever parses markup. */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** The element with this id. */
function byId(id) {
  return document.getElementById(id);
}

/** Make an element; `on…` properties listen, the rest become attributes, strings become text. */
function element(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Make an SVG element in the same way. */
function drawing(tag, properties, ...children) {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), properties, children);
}

function fill(target, properties, children) {
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") target.addEventListener(name.slice(2), value);
    else target.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) target.append(child);
  }
  return target;
}

function formatNumber(value) {
  const digits = Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** "1 posting", "1,200 postings". */
function counted(value, one, many) {
  return `${formatNumber(value)} ${value === 1 ? one : many || one + "s"}`;
}

/** An address that opens a web page and can do nothing else, or null. */
function webAddress(text) {
  try {
    const address = new URL(text);
    return address.protocol === "https:" || address.protocol === "http:" ? address : null;
  } catch {
    return null;
  }
}

/** A link that tells the other side nothing about this page, or plain text where there is no address. */
function outwardLink(text, url) {
  const address = webAddress(url);
  if (!address) return document.createTextNode(text);
  return element("a", {
    href: address.href,
    target: "_blank",
    rel: "noopener noreferrer",
    title: `Opens ${address.host} in the browser`,
  }, text);
}

/** Say something to readers who listen to the page. */
function announce(text) {
  byId("announcement").textContent = text;
}

/** Hand the reader a file made in the page. */
function saveFile(name, parts, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
