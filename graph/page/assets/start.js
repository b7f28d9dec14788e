/* Everything is declared: bring the page to life. */

readColors();
setTheme(systemDark.matches);
applyFilters();
network.fit(false);
readAddress();
addressReady = true;

let resizeTimer = 0;
new ResizeObserver(() => {
  clearTimeout(resizeTimer);
  resizeTimer = setTimeout(() => network.resize(), 60);
}).observe(networkBox);

// Fonts change the width of names, and the first drawing may have been made without them.
document.fonts.ready.then(() => {
  network.redraw();
  document.documentElement.dataset.ready = "yes";
});
