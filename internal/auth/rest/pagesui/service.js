// What the pages say to the auth service. Nothing is stored: no cookie, no
// storage, and the token lives in the memory of this page alone.

const patience = 20000; // ms; the service itself gives up after 5 s

// takeToken gives the token of the fragment, or ''. The fragment leaves the
// address bar and this tab's history at once: it must not be copied, synced or
// photographed with the address.
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (location.hash !== '') {
    history.replaceState(null, '', location.pathname + location.search);
  }
  return token;
}

// post gives the answer's status, 0 where there was none, and what a problem
// document says. The path is relative, so that a proxy may add a prefix.
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    });
    const problem = response.ok ? {} : await response.json().catch(() => ({}));
    return {
      status: response.status,
      reasons: problem.reasons ?? [],
      pointers: (problem.errors ?? []).map((e) => e.pointer),
      wait: Number.parseInt(response.headers.get('Retry-After') ?? '', 10) || 60,
    };
  } catch {
    return { status: 0, reasons: [], pointers: [], wait: 0 };
  }
}

// reasonTexts are for people; the codes are PasswordReason in api/shared.yaml.
const reasonTexts = {
  invalid_utf8: 'It holds characters that are not text.',
  contains_nul: 'It holds a character that no password may hold.',
  too_short: 'It is too short. Add a word or two.',
  too_long: 'It is too long. Accented letters and emoji count more than once.',
  common: 'It is one of the passwords that are guessed first.',
  contains_username: 'It contains your username.',
  contains_email: 'It contains your email address, or the part before the @.',
};

// explain turns reason codes into sentences, each once; newer codes get a
// sentence too.
export function explain(reasons) {
  const texts = reasons.map((code) => (Object.hasOwn(reasonTexts, code) ? reasonTexts[code] : 'It was refused. Choose another one.'));
  return texts.length > 0 ? [...new Set(texts)] : ['It was refused. Choose another one.'];
}
