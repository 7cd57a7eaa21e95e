// Gives a test page the client library.
import {Client, ServerError} from './cctv-client.js';

const client = new Client();

// Plays a camera as window.view and records its history, oldest first:
// view.past has [state, reason], view.counts the numbers of viewers.
function watch(id) {
  const view = client.watch(id);
  view.past = [];
  view.counts = [];
  view.addEventListener('state', () => view.past.push([view.state, view.reason]));
  view.addEventListener('viewers', () => view.counts.push(view.viewers));
  view.addEventListener('stream', () => {
    document.querySelector('video').srcObject = view.stream;
  });
  window.view = view;
  return view;
}

// Returns [{ids, changed}] of each page, or an object with the error.
async function load(list, options) {
  const pages = [];
  try {
    for await (const {features, changed} of list.load(options)) {
      pages.push({ids: features.map(({id}) => id), changed, features});
    }
  } catch (error) {
    return {name: error.name, isServerError: error instanceof ServerError, ...error, message: error.message, pages};
  }
  return pages;
}

// Follows changes: window.news has what was told, oldest first, window.failed
// the error that ended it.
async function follow(query, of = client) {
  window.news = [];
  window.failed = null;
  window.following = new AbortController();
  try {
    for await (const news of of.changes({...query, signal: window.following.signal})) window.news.push(news);
  } catch (error) {
    window.failed = {name: error.name, isServerError: error instanceof ServerError, status: error.status};
  }
}

Object.assign(window, {Client, client, watch, load, follow});
