// What the pages do better with scripts on: states that change by themselves, drafts that are kept, a form that is sent again until it arrives.
// They do without as well: every form and every link works on its own. Written so that the browsers of old telephones take it.
(function () {
  'use strict';
  var script = document.currentScript;
  var live = Number(script && script.getAttribute('data-live')) || 0;
  if (!window.fetch || !window.DOMParser || !window.URLSearchParams || !window.FormData || !FormData.prototype.forEach) {
    if (live) setTimeout(function () { location.reload(); }, live * 1000);
    return;
  }

  var KEPT = 'relay.concepten', SENT = 'relay.verstuurd', DONE = 'relay.klaar', MOST = 6, MOST_DONE = 40, OLDEST = 12 * 3600 * 1000;
  var pressed = null, drawn = {};

  // ---- asking, and saying when nobody answers

  function ask(address, options, patience) {
    options = options || {};
    options.credentials = 'same-origin';
    var cut = window.AbortController ? new AbortController() : null;
    if (cut) options.signal = cut.signal;
    return new Promise(function (done, failed) {
      var timer = setTimeout(function () { if (cut) cut.abort(); failed(new Error('te laat')); }, patience);
      fetch(address, options).then(function (answer) { clearTimeout(timer); done(answer); }, function (e) { clearTimeout(timer); failed(e); });
    });
  }

  function offline(is) {
    var bar = document.getElementById('geen-verbinding');
    if (!is && bar) bar.parentNode.removeChild(bar);
    if (!is || bar) return;
    bar = document.createElement('p');
    bar.id = 'geen-verbinding';
    bar.className = 'offline amber';
    bar.setAttribute('role', 'alert');
    bar.textContent = 'Geen verbinding met dit punt. Ga dichter bij het punt staan en kijk of de wifi van het punt aan staat. Wat u invulde blijft bewaard.';
    document.body.insertBefore(bar, document.body.firstChild);
  }

  // ---- drafts

  function stored(name) {
    try {
      var kept = JSON.parse(localStorage.getItem(name)) || {};
      Object.keys(kept).forEach(function (concept) { if (!(Date.now() - kept[concept].at < OLDEST)) delete kept[concept]; });
      return kept;
    } catch (e) { return {}; }
  }

  function store(name, kept, most) {
    var names = Object.keys(kept).sort(function (a, b) { return kept[b].at - kept[a].at; });
    names.slice(most).forEach(function (concept) { delete kept[concept]; });
    try { localStorage.setItem(name, JSON.stringify(kept)); } catch (e) { /* Full, or not allowed: then there is no draft. */ }
  }

  function drafts() { return stored(KEPT); }

  function keep(kept) { store(KEPT, kept, MOST); }

  // What was answered is no draft any more, and its form may not become a second melding: whoever comes back to it sees what became of it.
  function finish(concept, address) {
    if (!concept) return;
    forget(concept);
    var done = stored(DONE);
    done[concept] = { path: address, at: Date.now() };
    store(DONE, done, MOST_DONE);
  }

  function leaveFinished() {
    var done = stored(DONE), forms = document.querySelectorAll('main form');
    for (var i = 0; i < forms.length; i++) {
      var end = done[conceptOf(forms[i])];
      if (!end) continue;
      forget(conceptOf(forms[i]));
      if (end.path === location.pathname) continue;
      location.replace(end.path);
      return true;
    }
    return false;
  }

  function forget(concept) {
    var kept = drafts();
    delete kept[concept];
    keep(kept);
  }

  function conceptOf(form) {
    var field = form.querySelector('input[name=concept]');
    return field && field.value;
  }

  function pairs(form) {
    var all = [];
    new FormData(form).forEach(function (value, name) { if (typeof value === 'string') all.push([name, value]); });
    return all;
  }

  function save(form) {
    var concept = conceptOf(form);
    if (!concept || stored(DONE)[concept]) return;
    var kept = drafts();
    kept[concept] = { path: location.pathname, title: document.querySelector('h1').textContent, fields: pairs(form), at: Date.now() };
    keep(kept);
  }

  function fill(form) {
    var draft = drafts()[conceptOf(form)];
    if (!draft || draft.path !== location.pathname) return;
    [].forEach.call(form.querySelectorAll('input:not([type=hidden]), textarea, select'), function (field) {
      var values = draft.fields.filter(function (one) { return one[0] === field.name; }).map(function (one) { return one[1]; });
      if (field.type === 'radio' || field.type === 'checkbox') field.checked = values.indexOf(field.value) >= 0;
      else if (values.length) field.value = values[0];
    });
  }

  function addressOf(concept, draft) {
    var query = new URLSearchParams();
    // A melding lives in its address; of the other forms the address is the reference alone, and the fields are filled in here.
    if (draft.path.indexOf('/melding') === 0) draft.fields.forEach(function (one) { if (one[1]) query.append(one[0], one[1]); });
    else query.append('concept', concept);
    return draft.path + '?' + query;
  }

  function offer() {
    var place = document.querySelector('[data-concepten]');
    if (!place) return;
    place.textContent = '';
    var kept = drafts();
    Object.keys(kept).forEach(function (concept) {
      var box = document.createElement('div'), words = document.createElement('p'), link = document.createElement('a'), away = document.createElement('button');
      box.className = 'box amber';
      words.textContent = 'Op dit toestel staat nog iets dat niet zeker is verstuurd (' + kept[concept].title + ').';
      link.className = 'button';
      link.href = addressOf(concept, kept[concept]);
      link.textContent = 'Ga daarmee verder';
      away.className = 'second';
      away.type = 'button';
      away.textContent = 'Gooi het weg';
      away.addEventListener('click', function () { forget(concept); offer(); });
      box.appendChild(words); box.appendChild(link); box.appendChild(away);
      place.appendChild(box);
    });
  }

  // ---- sending

  function busy(form, words) {
    form.setAttribute('data-busy', '1');
    [].forEach.call(form.querySelectorAll('button'), function (button) {
      if (!button.hasAttribute('data-words')) button.setAttribute('data-words', button.textContent);
      button.setAttribute('aria-disabled', 'true');
      if (button === pressed || form.querySelectorAll('button').length === 1) button.textContent = words;
    });
  }

  function ready(form) {
    form.removeAttribute('data-busy');
    [].forEach.call(form.querySelectorAll('button[data-words]'), function (button) {
      button.textContent = button.getAttribute('data-words');
      button.removeAttribute('aria-disabled');
      button.removeAttribute('data-words');
    });
  }

  function withButton(all, button) {
    if (button && button.name) all.push([button.name, button.value]);
    return new URLSearchParams(all);
  }

  function natively(form, button) {
    if (button && button.name) {
      var field = document.createElement('input');
      field.type = 'hidden'; field.name = button.name; field.value = button.value;
      form.appendChild(field);
    }
    try { sessionStorage.setItem(SENT, conceptOf(form) || ''); } catch (e) { /* Then the draft is offered again; it is still one melding. */ }
    form.submit();
  }

  // The same form with the same reference, until somebody answers: however often it arrives, it is one melding.
  function send(form, button) {
    var body = withButton(pairs(form), button).toString();
    ask(form.getAttribute('action'), { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html' }, body: body }, 20000).then(function (answer) {
      offline(false);
      // What was refused is sent once more in the plain way, to show what the node says of it.
      if (!answer.ok || !answer.redirected) return natively(form, button);
      finish(conceptOf(form), new URL(answer.url).pathname);
      location.assign(answer.url);
    }, function () {
      offline(true);
      busy(form, 'Wacht op verbinding…');
      setTimeout(function () { send(form, button); }, 3000);
    });
  }

  function step(form, button) {
    ask('/healthz', { cache: 'no-store' }, 8000).then(function () {
      offline(false);
      location.assign(form.getAttribute('action') + '?' + withButton(pairs(form), button));
    }, function () {
      offline(true);
      busy(form, 'Wacht op verbinding…');
      setTimeout(function () { step(form, button); }, 3000);
    });
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('button');
    if (button) pressed = button;
  });

  document.addEventListener('submit', function (event) {
    var form = event.target, button = event.submitter || (pressed && form.contains(pressed) ? pressed : null);
    if (event.defaultPrevented) return;
    if (form.hasAttribute('data-busy')) { event.preventDefault(); return; }
    pressed = button;
    if (!conceptOf(form)) {
      // A file that comes down leaves the page as it is, so that the button comes back.
      busy(form, 'Bezig…');
      setTimeout(function () { ready(form); }, 5000);
      return;
    }
    event.preventDefault();
    save(form);
    busy(form, 'Bezig met versturen…');
    if (form.method === 'get') step(form, button);
    else send(form, button);
  });

  window.addEventListener('pageshow', function (event) {
    if (!event.persisted || leaveFinished()) return;
    [].forEach.call(document.querySelectorAll('form[data-busy]'), ready);
    offer();
  });

  // ---- states that change by themselves

  function redraw() {
    return ask(location.href, { cache: 'no-store', headers: { Accept: 'text/html' } }, 15000).then(function (answer) {
      if (answer.redirected) { location.assign(answer.url); return; }
      if (!answer.ok) return;
      return answer.text().then(function (text) {
        var fresh = new DOMParser().parseFromString(text, 'text/html');
        ['main', 'header .link'].forEach(function (what) {
          var now = document.querySelector(what), next = fresh.querySelector(what);
          if (!now || !next || next.innerHTML === (what in drawn ? drawn[what] : now.innerHTML)) return;
          drawn[what] = next.innerHTML;
          var at = document.activeElement, address = at && now.contains(at) && at.getAttribute('href');
          now.className = next.className;
          now.innerHTML = next.innerHTML;
          var again = address && [].filter.call(now.querySelectorAll('a[href]'), function (link) { return link.getAttribute('href') === address; })[0];
          if (again) again.focus();
        });
        offer();
      });
    });
  }

  function watch(mark) {
    if (document.hidden) {
      var seen = function () { document.removeEventListener('visibilitychange', seen); watch(mark); };
      document.addEventListener('visibilitychange', seen);
      return;
    }
    ask('/api/v1/changes?since=' + encodeURIComponent(mark), { cache: 'no-store' }, 40000).then(function (answer) {
      offline(false);
      if (answer.ok) return answer.json();
      // So many wait already; then this page looks now and then.
      return { mark: mark, pause: Math.max(5, live) };
    }).then(function (told) {
      return redraw().then(function () { setTimeout(function () { watch(told.mark); }, (told.pause || 1) * 1000); });
    }).catch(function () {
      offline(true);
      setTimeout(function () { watch(mark); }, 3000);
    });
  }

  function ping() {
    if (document.hidden) { setTimeout(ping, 5000); return; }
    ask('/healthz', { cache: 'no-store' }, 8000).then(function () { offline(false); setTimeout(ping, 15000); }, function () { offline(true); setTimeout(ping, 3000); });
  }

  // ---- beginning

  var sent = null;
  try { sent = sessionStorage.getItem(SENT); sessionStorage.removeItem(SENT); } catch (e) { /* Nothing was kept. */ }
  if (sent && (location.pathname.indexOf('/bericht/') === 0 || location.pathname === '/mijn')) finish(sent, location.pathname);
  if (leaveFinished()) return;
  [].forEach.call(document.querySelectorAll('main form'), function (form) {
    if (!conceptOf(form)) return;
    fill(form);
    if (location.pathname.indexOf('/melding/') === 0 && location.pathname !== '/melding/waar') save(form);
    form.addEventListener('input', function () { save(form); });
    form.addEventListener('change', function () { save(form); });
  });
  offer();
  if (live) watch('');
  else ping();
})();
