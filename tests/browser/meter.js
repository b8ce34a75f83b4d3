/**
 * Measures, in a reader's page, how long the page stands still: the longest time between two
 * animation frames. The page is done when it shows the marker and has then been quiet for a while.
 */
(() => {
  if (window !== window.top) return;
  /** Milliseconds: a shorter gap is quiet; how long quiet lasts; how long it is waited for. */
  const QUIET_GAP = 50;
  const QUIET = 500;
  const MOST = 4000;
  const meter = { longest: 0, busy: 0, done: false, marker: '', begin, scroll, calibrate };
  let last = performance.now();
  let shown = 0;
  let noisy = 0;

  /** Start to measure, until the page shows `marker`. */
  function begin(marker) {
    Object.assign(meter, { longest: 0, busy: 0, done: false, marker });
    shown = 0;
    last = noisy = performance.now();
  }

  function tick() {
    const now = performance.now();
    const gap = now - last;
    last = now;
    meter.longest = Math.max(meter.longest, gap);
    if (gap > QUIET_GAP) {
      noisy = now;
      meter.busy += gap;
    }
    if (shown === 0) {
      const title = document.querySelector('.arena-title')?.textContent ?? '';
      if (meter.marker !== '' && title.startsWith(meter.marker)) shown = now;
    } else if (now - Math.max(shown, noisy) > QUIET || now - shown > MOST) {
      meter.done = true;
    }
    requestAnimationFrame(tick);
  }
  requestAnimationFrame(tick);

  /** Scroll all that scrolls in the room through to its ends, one screen in each frame. */
  async function scroll() {
    const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
    const all =
      '.arena-run-output, .cm-scroller, .arena-question-text, .arena-event-list, .arena-table';
    for (const element of [...document.querySelectorAll(all)].slice(0, 5)) {
      for (const axis of ['Top', 'Left']) {
        const size = axis === 'Top' ? 'Height' : 'Width';
        const most = element[`scroll${size}`] - element[`client${size}`];
        if (most <= 0) continue;
        const step = Math.max(element[`client${size}`], most / 10);
        for (let at = 0; at <= most + step; at += step) {
          element[`scroll${axis}`] = at;
          await frame();
        }
        element[`scroll${axis}`] = 0;
        await frame();
      }
    }
    await frame();
    await frame();
  }

  /** Milliseconds that a fixed piece of script and layout takes, the best of three. */
  function calibrate() {
    const once = () => {
      const began = performance.now();
      const box = document.createElement('div');
      box.style.cssText = 'position:fixed;left:-9999px;width:300px;contain:content';
      for (let at = 0; at < 1500; at += 1) {
        const part = document.createElement('span');
        part.textContent = `word ${at} `;
        box.append(part);
      }
      document.documentElement.append(box);
      let sum = box.offsetHeight;
      for (let at = 0; at < 2e6; at += 1) sum = (sum * 31 + at) | 0;
      box.remove();
      return performance.now() - began + (sum === 0.5 ? 1 : 0);
    };
    return Math.min(once(), once(), once());
  }

  window.__meter = meter;
})();
