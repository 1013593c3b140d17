// What the desk's pages do besides when scripts are on: keys, ages that tick, rows that come by themselves, a sound. All of it works without, by reading pages anew.
'use strict';
(() => {
  const find = id => document.getElementById(id);
  const started = performance.now();

  // Ages. The page says how old each is when it was made; the clock of this machine is not asked, only how long the page is here.
  const age = s => s < 60 ? s + ' s' : s < 3600 ? Math.floor(s / 60) + ' min'
    : s < 86400 ? Math.floor(s / 3600) + ' u ' + String(Math.floor(s / 60) % 60).padStart(2, '0')
    : Math.floor(s / 86400) + ' d ' + Math.floor(s / 3600) % 24 + ' u';
  const noteBirth = root => root.querySelectorAll('[data-s]').forEach(one => { one.born = performance.now() - 1000 * one.dataset.s; });
  const tick = () => document.querySelectorAll('[data-s]').forEach(one => {
    const words = age(Math.max(0, Math.floor((performance.now() - (one.born ?? started)) / 1000)));
    if (one.textContent !== words) one.textContent = words;
  });
  noteBirth(document);
  setInterval(tick, 1000);

  // What a bulletin costs, while somebody writes it.
  const composer = find('opstellen');
  if (composer) {
    let due;
    composer.addEventListener('input', () => {
      clearTimeout(due);
      due = setTimeout(async () => {
        try {
          const answer = await fetch('/meldkamer/bulletin/kosten?' + new URLSearchParams(new FormData(composer)));
          if (answer.ok) find('kosten').textContent = await answer.text();
        } catch { /* The server says it again when the form is sent. */ }
      }, 400);
    });
  }

  const rows = find('rijen');
  document.addEventListener('keydown', press);
  if (!rows) return;
  const table = rows.closest('table');
  const concept = () => 'p' + [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, '0')).join('');
  const say = words => { find('levend').textContent = words; };

  // Keys.
  function press(event) {
    const target = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape' && target.matches('input, textarea, select')) { target.blur(); return; }
    if (target.matches('input, textarea, select')) return;
    if (!rows) { if (event.key === 'n' && find('neem')) { event.preventDefault(); find('gms').focus(); } return; }
    if (event.key === 'j' || event.key === 'ArrowDown') { event.preventDefault(); move(1); }
    else if (event.key === 'k' || event.key === 'ArrowUp') { event.preventDefault(); move(-1); }
    else if (event.key === '/') { event.preventDefault(); find('q').focus(); }
    else if (event.key === '?') { event.preventDefault(); help(); }
    else if (event.key === 'n' && current()) { event.preventDefault(); take(current()); }
    else if (event.key === 'Enter' && current() && !target.matches('a, button, summary')) location.href = current().querySelector('a').href;
  }
  const current = () => rows.querySelector('tr.current');
  function mark(row) {
    current()?.classList.remove('current');
    row.classList.add('current');
    row.querySelector('a').focus();
  }
  function move(step) {
    const all = [...rows.querySelectorAll('tr:not([hidden])')];
    if (all.length === 0) return;
    const at = all.indexOf(current());
    mark(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))]);
  }
  rows.addEventListener('focusin', event => {
    const row = event.target.closest('tr');
    if (row && row !== current()) { current()?.classList.remove('current'); row.classList.add('current'); }
  });
  function help() { find('toetsen').hidden = !find('toetsen').hidden; }
  find('hulp').hidden = false;
  find('hulp').addEventListener('click', help);
  async function take(row) {
    const id = row.id.slice(1);
    try {
      // Without a number: the desk keeps the one that it knows, and says when there is nothing to take up.
      const answer = await fetch('/meldkamer/bericht/' + id + '/neem', { method: 'POST', body: new URLSearchParams({ concept: concept() }) });
      if (answer.ok) { say(id + ' is aangenomen.'); return; }
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const reason = page.querySelector('main .box.bad li, main .box.bad p:not(:first-child)');
      say(id + ' is NIET aangenomen. ' + (reason ? reason.textContent.trim() : 'Open het bericht en probeer het daar.'));
    } catch { say(id + ' is NIET aangenomen: geen verbinding met de meldkamer.'); }
  }

  // Sound: a browser allows one only after somebody pressed something, so the button says how it is.
  const sound = find('geluid');
  let audio = null;
  const alarms = () => Number(find('tellers').dataset.alarms);
  function tone(at, pitch) {
    const voice = audio.createOscillator(), loudness = audio.createGain();
    voice.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.2, audio.currentTime + at);
    loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.25);
    voice.connect(loudness).connect(audio.destination);
    voice.start(audio.currentTime + at);
    voice.stop(audio.currentTime + at + 0.3);
  }
  function beep() { if (audio && audio.state === 'running' && alarms() > 0) { tone(0, 880); tone(0.3, 660); } }
  function showSound() {
    const on = audio !== null && audio.state === 'running';
    sound.setAttribute('aria-pressed', String(on));
    sound.textContent = on ? 'Geluid: aan' : 'Geluid: uit';
  }
  if (window.AudioContext) {
    sound.hidden = false;
    sound.addEventListener('click', async () => {
      if (audio === null) { audio = new AudioContext(); audio.onstatechange = showSound; await audio.resume(); }
      else if (audio.state === 'running') await audio.suspend(); else await audio.resume();
      showSound();
      beep();
    });
    setInterval(beep, 5000);
    showSound();
  }

  // Rows that come by themselves.
  const most = Number(table.dataset.rows);
  function place(row) {
    const old = find(row.id), wasCurrent = old === current() && old !== null, hadFocus = old?.contains(document.activeElement);
    old?.remove();
    if (row.hidden) return;
    const next = [...rows.children].find(other => other.dataset.k > row.dataset.k);
    if (!next && rows.children.length >= most) return;
    rows.insertBefore(row, next ?? null);
    if (rows.children.length > most) rows.lastElementChild.remove();
    if (wasCurrent) row.classList.add('current');
    if (hadFocus) row.querySelector('a').focus();
  }
  function patch(page) {
    const had = alarms();
    for (const id of ['tellers', 'net']) { const part = page.getElementById(id); noteBirth(part); find(id).replaceWith(part); }
    for (const row of [...page.querySelectorAll('tr')]) { noteBirth(row); place(row); }
    if (find('leeg')) find('leeg').hidden = rows.children.length > 0;
    if (alarms() > had) beep();
  }
  // Too much was missed, or the node started anew. Not while somebody types, and never faster than a person can read.
  const again = () => setTimeout(() => document.activeElement?.matches('input, select') ? again() : location.reload(), 1000);
  // Said when it changes: what became of a key that somebody pressed must stay to be read.
  let told = '';
  const tell = words => { if (words !== told) { told = words; say(words); } };
  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
  async function follow() {
    let markNow = find('tellers').dataset.mark;
    for (;;) {
      try {
        let answer = await fetch('/api/v1/changes?since=' + markNow);
        // So many wait already: then this page does not wait, but looks now and then.
        const isFull = answer.status === 503 || answer.status === 429;
        if (isFull) { await pause(3000); answer = await fetch('/api/v1/changes?wait=0&since=' + markNow); }
        if (!answer.ok) throw new Error(String(answer.status));
        const news = await answer.json();
        tell(isFull ? 'Het is druk: deze lijst kijkt elke paar seconden of er iets nieuws is.' : 'Deze lijst ververst zichzelf.');
        if (news.all) { again(); return; }
        if (news.changed.length === 0) { markNow = news.mark; continue; }
        const changed = await fetch('/meldkamer/rijen?' + table.dataset.query + '&sinds=' + markNow);
        if (!changed.ok) throw new Error(String(changed.status));
        const page = new DOMParser().parseFromString(await changed.text(), 'text/html');
        if (page.getElementById('opnieuw')) { again(); return; }
        patch(page);
        markNow = find('tellers').dataset.mark;
        // Under a flood a few times a second is enough.
        await pause(200);
      } catch {
        tell('Geen verbinding met de meldkamer: deze lijst staat stil. Er wordt steeds opnieuw geprobeerd.');
        await pause(3000);
      }
    }
  }
  follow();
})();
