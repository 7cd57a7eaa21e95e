// Replaces the views of the map page by ones that a test drives: window.views
// has them by the id of their camera. Their pictures come from a canvas.
'use strict';

class FakeView extends EventTarget {
  constructor(id, stream) {
    super();
    Object.assign(this, {id, stream, state: 'connecting', reason: null, failure: null, viewers: 1,
      isHls: false,
      nextTry: null, serverFault: null, ends: 0, retries: 0});
  }

  set(members) {
    for (const [name, value] of Object.entries(members)) {
      if (this[name] === value) continue;
      this[name] = value;
      this.dispatchEvent(new CustomEvent(name === 'reason' ? 'state' : name));
    }
  }

  retry() {
    this.retries += 1;
  }

  end() {
    this.ends += 1;
    this.set({stream: null, isHls: false});
  }
}

// All pictures have this size, and this colour if there is one.
function startFakeViews(width, height, colour = null) {
  const canvas = Object.assign(document.createElement('canvas'), {width, height});
  const context = canvas.getContext('2d');
  let frame = 0;
  const paint = () => {
    context.fillStyle = colour ?? `hsl(${frame % 360} 60% 40%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = colour ? '#808080' : '#fff';
    context.fillRect(frame % width, height / 2, 20, colour ? 1 : 20);
    frame += 7;
  };
  window.pictures = setInterval(paint, 80);
  paint();
  const stream = canvas.captureStream();
  window.views = {};
  window.started = 0;
  cctv.client.watch = (id) => {
    const view = new FakeView(id, stream.clone());
    window.views[id] = view;
    window.started += 1;
    queueMicrotask(() => view.set({state: 'live'}));
    return view;
  };
}
