// Gives what a checker of accessibility would complain about, as sentences.
(() => {
  const faults = [];
  const fault = (yes, text) => { if (yes) faults.push(text); };
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility());
  const nameOf = (e) => `<${e.localName} id="${e.id}">`;

  fault(document.documentElement.lang === '', 'no lang');
  fault(document.title.trim() === '', 'no title');
  fault(all('h1').length !== 1, `${all('h1').length} h1`);
  fault(all('main').length !== 1, `${all('main').length} main`);
  fault(document.querySelectorAll('[role="status"][aria-live="polite"]').length !== 1, 'no live region');
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  fault(new Set(ids).size !== ids.length, 'an id is there twice');
  for (const e of document.querySelectorAll('[aria-describedby], [aria-controls]')) {
    for (const id of `${e.getAttribute('aria-describedby') ?? ''} ${e.getAttribute('aria-controls') ?? ''}`.trim().split(/\s+/)) {
      fault(document.getElementById(id) === null, `${nameOf(e)} refers to ${id}`);
    }
  }
  for (const e of all('img')) fault(!e.hasAttribute('alt'), `${nameOf(e)} has no alt`);
  for (const e of all('input')) fault(e.labels.length !== 1 || e.labels[0].innerText.trim() === '', `${nameOf(e)} has no label`);
  for (const e of all('button')) fault(e.innerText.trim() === '', `${nameOf(e)} has no name`);
  for (const e of all('input, button')) {
    const { width, height } = e.getBoundingClientRect();
    fault(width < 44 || height < 44, `${nameOf(e)} is ${width}×${height}, no target for fingers`);
    fault(parseFloat(getComputedStyle(e).fontSize) < 16, `${nameOf(e)} makes iOS zoom`);
    fault(e.tabIndex !== 0, `${nameOf(e)} is out of the order of the Tab key`);
  }
  fault(document.documentElement.scrollWidth > innerWidth, `it is ${document.documentElement.scrollWidth} px wide on a screen of ${innerWidth}`);

  // WCAG 2.2, 1.4.3 and 1.4.11. What is disabled for a while is exempt.
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const ground = (e) => {
    for (let at = e; at !== null; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const e of all('h1, h2, p, li, label, button, input').filter((e) => e.getAttribute('aria-disabled') !== 'true')) {
    const text = contrast(channels(getComputedStyle(e).color), ground(e));
    fault(text < 4.5, `${nameOf(e)} has a contrast of ${text.toFixed(2)}`);
  }
  for (const e of all('input')) {
    const edge = contrast(channels(getComputedStyle(e).borderTopColor), ground(e.parentElement));
    fault(edge < 3, `${nameOf(e)} has an edge of contrast ${edge.toFixed(2)}`);
  }
  return faults;
})();
