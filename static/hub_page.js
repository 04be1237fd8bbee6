// Countdown, keys, filters and the theme's keeping. Every page works without it.
(function () {
  "use strict";
  var doc = document, root = doc.documentElement;
  doc.body.classList.add("scripted");
  // Unfold's script wants a text field beside every file field; ours have none.
  doc.querySelectorAll("input[type=file]").forEach(function (field) { field.hasChangeListener = true; });
  var chinese = (root.lang || "").toLowerCase().indexOf("zh") === 0;
  var units = [[86400, chinese ? "天" : " day", chinese ? "天" : " days"], [3600, chinese ? "小时" : " h", chinese ? "小时" : " h"], [60, chinese ? "分" : " min", chinese ? "分" : " min"]];

  function say(seconds) {
    if (seconds < 60) return chinese ? "不到1分" : "under 1 min";
    var parts = [];
    for (var i = 0; i < units.length && parts.length < 2; i++) {
      var count = Math.floor(seconds / units[i][0]);
      seconds -= count * units[i][0];
      if (count) parts.push(count + (count === 1 ? units[i][1] : units[i][2]));
      else if (parts.length) break;
    }
    return parts.join(chinese ? "" : " ");
  }
  function tick() {
    doc.querySelectorAll("time[data-deadline]").forEach(function (time) {
      var left = Math.round((Date.parse(time.dataset.deadline) - Date.now()) / 1000);
      if (isNaN(left)) return;
      var said = say(Math.abs(left));
      var text = left < 0 ? (chinese ? "超时 " + said : said + " over") : (chinese ? "剩 " + said : "in " + said);
      var words = time.firstElementChild || time;
      if (words.textContent !== text) words.textContent = text;
    });
  }
  // A board nobody touches says so when its pages stop coming.
  function tellStale() {
    var told = doc.querySelector("[data-refreshed]");
    if (!told || Date.now() - Date.parse(told.dataset.refreshed) < 100000) return;
    told.textContent = told.dataset.stale;
    told.classList.add("late-ink");
  }
  setInterval(function () { tick(); tellStale(); }, 1000);

  // A picture that is pasted goes into the page's file field, and the field is shown.
  doc.addEventListener("paste", function (event) {
    var field = doc.querySelector("input[data-paste]"), files = event.clipboardData && event.clipboardData.files;
    if (!field || !files || !files.length) return;
    var kept = new DataTransfer();
    Array.prototype.forEach.call(field.files, function (one) { kept.items.add(one); });
    Array.prototype.forEach.call(files, function (one) {
      var stamp = new Date().toTimeString().slice(0, 8).replace(/:/g, "");
      kept.items.add(one.name === "image.png" ? new File([one], "image-" + stamp + ".png", {type: one.type}) : one);
    });
    field.files = kept.files;
    var fold = field.closest("details");
    if (fold) fold.open = true;
    event.preventDefault();
  });

  // keys
  var places = {h: "/", o: "/orders/", t: "/tickets/", b: "/board/", d: "/differences/", r: "/runs/", j: "/jobs/", n: "/notices/"};
  var waiting = 0, at = -1;
  function rows() { return Array.prototype.slice.call(doc.querySelectorAll("[data-rows] tbody tr")); }
  function move(step) {
    var all = rows();
    if (!all.length) return;
    if (all[at]) all[at].classList.remove("at");
    at = Math.max(0, Math.min(all.length - 1, at + step));
    all[at].classList.add("at");
    all[at].scrollIntoView({block: "nearest"});
    var link = all[at].querySelector("a");
    if (link) link.focus({preventScroll: true});
  }
  // What is done to chosen rows is done to the row one stands on when none is chosen.
  function press(button, event) {
    if (!button) return;
    event.preventDefault();
    var form = button.closest(".bulk") && button.closest("form");
    if (form && !form.querySelector("tbody input[type=checkbox]:checked")) {
      var here = rows()[at], box = here && here.querySelector("input[type=checkbox]");
      if (!box) return;
      box.checked = true;
    }
    button.click();
  }
  doc.addEventListener("keydown", function (event) {
    var target = event.target;
    if (event.key === "Escape") { if (target.matches("input,textarea,select")) target.blur(); closeAsks(null); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input,textarea,select,[contenteditable]")) return;
    if (waiting && Date.now() - waiting < 1500 && places[event.key]) { waiting = 0; location.href = places[event.key]; return; }
    waiting = 0;
    if (event.key === "g") waiting = Date.now();
    else if (event.key === "/") { var box = doc.querySelector("[data-key='/']"); if (box) { event.preventDefault(); box.focus(); box.select(); } }
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "o") { var row = rows()[at]; var link = row && row.querySelector("a"); if (link) link.click(); }
    else if (event.key === "x") { var here = rows()[at]; var box2 = here && here.querySelector("input[type=checkbox]"); if (box2) box2.click(); }
    else if (event.key === "?") location.href = "/keyboard/";
    else press(doc.querySelector("[data-key='" + CSS.escape(event.key) + "']"), event);
  });

  // one open question at a time; the first field has the focus
  function closeAsks(but) { doc.querySelectorAll("details.ask[open]").forEach(function (ask) { if (ask !== but) ask.open = false; }); }
  doc.addEventListener("toggle", function (event) {
    if (!event.target.matches || !event.target.matches("details.ask") || !event.target.open) return;
    closeAsks(event.target);
    var field = event.target.querySelector("textarea,input:not([type=hidden]),select");
    if (field) field.focus();
  }, true);
  doc.addEventListener("click", function (event) { if (!event.target.closest("details.ask")) closeAsks(null); });

  // filters answer at once
  doc.addEventListener("change", function (event) {
    var form = event.target.closest("form.filters");
    if (form && event.target.matches("select,input[type=checkbox]")) form.requestSubmit();
    if (event.target.matches("[data-all]")) doc.querySelectorAll("input[name='" + event.target.dataset.all + "']").forEach(function (box) { box.checked = event.target.checked; });
  });
  doc.addEventListener("submit", function (event) {
    if (!event.target.matches("form.filters")) return;
    event.target.querySelectorAll("input,select").forEach(function (field) { if (!field.value) field.disabled = true; });
  });
  doc.addEventListener("click", function (event) { if (event.target.closest("[data-print]")) window.print(); });
  function measure() { var bar = doc.querySelector(".listing .filters"); if (bar) root.style.setProperty("--filters", bar.offsetHeight + "px"); }
  measure();
  if (window.ResizeObserver && doc.querySelector(".listing .filters")) new ResizeObserver(measure).observe(doc.querySelector(".listing .filters"));

  // the theme is the person's, wherever they log in
  var known = localStorage.getItem("adminTheme");
  function keepTheme() {
    var now = localStorage.getItem("adminTheme");
    if (!now || now === known) return;
    known = now;
    var token = doc.querySelector("input[name=csrfmiddlewaretoken]");
    if (!token) return;
    fetch("/theme/", {method: "POST", headers: {"X-CSRFToken": token.value}, body: new URLSearchParams({theme: JSON.parse(now)})});
  }
  doc.addEventListener("click", function () { setTimeout(keepTheme, 100); });
  doc.addEventListener("keyup", function () { setTimeout(keepTheme, 100); });
})();
