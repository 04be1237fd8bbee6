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

// A routing rule's condition offers the values of what it is about; what has no list is typed.
(function () {
  function fit(row) {
    var about = row.querySelector("[data-field]").value, values = row.querySelector(".values"), some = false;
    var op = row.querySelector("[name$='-op']"), typed = row.querySelector("input[type=text]");
    values.querySelectorAll("fieldset").forEach(function (group) {
      var fits = group.dataset.of === about;
      group.hidden = !fits;
      group.firstElementChild.hidden = true;
      if (!fits) group.querySelectorAll("input").forEach(function (one) { one.checked = false; });
      some = some || fits;
    });
    op.querySelectorAll("[value=le],[value=ge]").forEach(function (one) { one.hidden = about !== "severity"; });
    if (op.selectedOptions[0] && op.selectedOptions[0].hidden) op.value = "eq";
    var lists = some && op.value !== "prefix";
    values.hidden = !lists;
    typed.hidden = lists || !about;
    if (lists) typed.value = "";
    op.hidden = !about;
  }
  function all() { document.querySelectorAll("[data-conditions] .condition").forEach(fit); }
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("change", function (event) {
    var row = event.target.closest && event.target.closest("[data-conditions] .condition");
    if (row && event.target.tagName === "SELECT") fit(row);
  });
})();
