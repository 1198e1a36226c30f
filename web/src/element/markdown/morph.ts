/**
 * Changes a DOM tree into another with as few changes as possible, so that selection, scroll places and focus inside
 * a growing text survive.
 */

/** Gives `target` the children of `wanted`, whose nodes are used up. */
export function morphChildren(target: Node, wanted: Node): void {
  let current = target.firstChild;
  let next = wanted.firstChild;
  while (next) {
    const following = next.nextSibling;
    if (!current) {
      target.appendChild(next);
    } else {
      const after = current.nextSibling;
      if (!morphNode(current, next)) target.replaceChild(next, current);
      current = after;
    }
    next = following;
  }
  while (current) {
    const after = current.nextSibling;
    current.remove();
    current = after;
  }
}

/** False when the two are of different kinds, so that one cannot become the other. */
function morphNode(node: ChildNode, wanted: Node): boolean {
  if (node instanceof Text && wanted instanceof Text) {
    if (wanted.data.startsWith(node.data)) {
      if (wanted.data.length > node.data.length) node.appendData(wanted.data.slice(node.data.length));
    } else {
      node.data = wanted.data;
    }
    return true;
  }
  if (node instanceof Comment && wanted instanceof Comment) return true;
  if (!(node instanceof Element && wanted instanceof Element) || node.tagName !== wanted.tagName)
    return false;
  morphAttributes(node, wanted);
  morphChildren(node, wanted);
  return true;
}

function morphAttributes(element: Element, wanted: Element): void {
  for (const name of element.getAttributeNames()) {
    if (!wanted.hasAttribute(name)) element.removeAttribute(name);
  }
  for (const name of wanted.getAttributeNames()) {
    const value = wanted.getAttribute(name) ?? "";
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}
