// How the page makes elements. Text comes in as text nodes and attributes only, never as markup, so
// that whatever a client put into a header is shown and nothing else. An attribute `style` or `on…`
// would be refused by the page's Content-Security-Policy; classes and listeners do their work.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (name === "on") {
            for (const [event, listener] of Object.entries(value)) {
                node.addEventListener(event, listener);
            }
        } else if (value !== null && value !== undefined && value !== false) {
            node.setAttribute(name, value === true ? "" : value);
        }
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
}

/**
 * An HTML element. `attributes.on` has its listeners; null, undefined and false leave an attribute
 * out. Children are nodes or text; null and undefined are none.
 */
export function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
    return fill(document.createElementNS(SVG, name), attributes, children);
}

export function byId(id) {
    return document.getElementById(id);
}

/** Sets a node's text, and touches nothing where it is that already: a selection in it survives. */
export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** An icon of index.html's collection; decoration, so it has no name of its own. */
export function icon(name) {
    return svg("svg", { class: `icon icon-${name}`, "aria-hidden": "true", viewBox: "0 0 16 16" },
        svg("use", { href: `#icon-${name}` }));
}
