// Before the page is drawn: the person's own theme, so that nothing flashes.
(function () {
  var kept = document.cookie.match(/(?:^|; )hub_theme=(light|dark|auto)/);
  var theme = "auto";
  try {
    if (kept) localStorage.setItem("adminTheme", JSON.stringify(kept[1]));
    theme = JSON.parse(localStorage.getItem("adminTheme") || '"auto"');
  } catch (error) { theme = kept ? kept[1] : "auto"; }
  var dark = theme === "dark" || (theme === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();

// A line added to a form of the admin asks the server as those that were there from the start.
document.addEventListener("formset:added", function (event) {
  if (window.htmx) htmx.process(event.target);
});
