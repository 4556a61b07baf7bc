// The two pages that mails link to. Opening one changes nothing (mail scanners
// open links as well); the button does.
import { explain, post, takeToken } from './service.js';

const byId = (id) => document.getElementById(id);
const ask = byId('ask');
const renew = byId('renew');
const status = byId('status');
const password = byId('password'); // on the reset page

const pages = {
  verify: {
    act: (token) => post('auth/email/verify', { token }),
    renew: (email) => post('auth/email/resend', { email }),
    done: ['Address confirmed', 'Thank you. You can close this page and sign in.'],
    sent: 'If an account waits for this address to be confirmed, a new mail is on its way. Look for it among the spam, too.',
  },
  reset: {
    act: (token) => post('auth/password/reset', { token, new_password: password.value }),
    renew: (email) => post('auth/password/forgot', { email }),
    done: ['Password changed', 'Sign in again, with the new password: all devices were signed out.'],
    sent: 'If an account has this address, a new mail is on its way. Look for it among the spam, too.',
  },
};
const page = pages[document.body.dataset.page];

// say shows an outcome, which screen readers speak: the region is live.
function say(tone, heading, text = '', list = []) {
  const element = (name, content) => Object.assign(document.createElement(name), { textContent: content });
  const parts = [element(text || list.length > 0 ? 'h2' : 'p', heading)];
  if (text) parts.push(element('p', text));
  if (list.length > 0) {
    const items = element('ul', '');
    items.append(...list.map((item) => element('li', item)));
    parts.push(items);
  }
  status.dataset.tone = tone;
  status.replaceChildren(...parts);
}

// conclude ends what the page was for. Its forms are gone, so the focus moves
// to the outcome.
function conclude(tone, heading, text, offerRenewal = false) {
  ask.hidden = true;
  renew.hidden = !offerRenewal;
  say(tone, heading, text);
  document.title = `${heading} – latchkey`;
  status.focus();
}

// retry is for what may pass: nothing is lost, and the button stays. It gives
// the seconds that the button has to wait.
function retry(answer) {
  if (answer.status !== 429) {
    say('bad', 'That did not work', 'The service cannot be reached at the moment. Nothing is lost: please try again.');
    return 0;
  }
  const minutes = Math.ceil(answer.wait / 60);
  const wait = answer.wait < 90 ? `${answer.wait} second${answer.wait === 1 ? '' : 's'}` : `${minutes} minutes`;
  say('bad', 'Too many tries', `Nothing is lost. Please try again in ${wait}.`);
  return answer.wait;
}

function refuse(field, heading, list) {
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', `${field.dataset.hint} status`.trim());
  say('bad', heading, '', list);
  field.focus();
  return 0;
}

// acted shows what came of the page's purpose; renewed, of asking for a new
// link. Both give the seconds until the next try, as retry does.
function acted(answer) {
  const badField = answer.status === 400 && answer.pointers.includes('/new_password');
  if (answer.status === 204) {
    if (password) password.value = '';
    conclude('good', ...page.done);
  } else if (answer.status === 422 || badField) {
    return refuse(password, 'This password is not accepted', explain(badField ? [] : answer.reasons));
  } else if (answer.status === 401 || answer.status === 400) {
    conclude('bad', 'This link is used up, expired or replaced', 'A link works once and for a limited time, and a newer one replaces it.', true);
  } else if (answer.status === 409) {
    conclude('bad', 'This address is taken', 'Another account has confirmed it, so it cannot be yours as well. Sign in and choose another address.');
  } else {
    return retry(answer);
  }
  return 0;
}

function renewed(answer) {
  if (answer.status === 202) {
    conclude('good', 'Look at your mail', page.sent);
    return 0;
  }
  if (answer.status === 400) {
    return refuse(byId('email'), 'Check the address', ['It does not look like an email address.']);
  }
  return retry(answer);
}

// onSubmit sends a form, once at a time. The button is not disabled meanwhile,
// as it would lose the focus; aria-disabled says the same.
function onSubmit(form, send, show) {
  const button = form.querySelector('button[type="submit"]');
  const rest = (yes) => button.setAttribute('aria-disabled', String(yes));
  for (const field of form.querySelectorAll('input')) {
    field.dataset.hint = field.getAttribute('aria-describedby') ?? '';
    field.addEventListener('input', () => field.removeAttribute('aria-invalid'));
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    rest(true);
    say('', 'One moment …');
    const seconds = show(await send());
    if (seconds === 0) {
      rest(false);
      return;
    }
    setTimeout(() => {
      rest(false);
      say('', 'You can try again now.');
    }, seconds * 1000);
  });
}

function showPassword(yes) {
  byId('show').setAttribute('aria-pressed', String(yes));
  password.type = yes ? 'text' : 'password';
}

const token = takeToken();
// A second link opened in this tab changes the fragment alone.
addEventListener('hashchange', () => location.reload());
if (password) {
  byId('show').addEventListener('click', () => showPassword(password.type === 'password'));
}
onSubmit(ask, () => {
  if (password) showPassword(false); // or browsers keep the text for suggestions
  return page.act(token);
}, acted);
onSubmit(renew, () => page.renew(byId('email').value.trim()), renewed);
if (token !== '') {
  ask.hidden = false;
} else {
  renew.hidden = false;
  say('', 'The link is not complete', 'This page opens from a mail. Open the link in that mail once more, all of it, or get a new one.');
}
