// What a verifier of latchkey's access tokens checks beside jose 5. RFC 7515,
// 7519 and 9068 ask for most of it, latchkey for the rest; where jose is more
// lenient than the RFC, that is said.

const maxLength = 8192 // latchkey: checked before anything is taken apart
const maxDepth = 8 // latchkey
const latest = 253402300799 // 9999-12-31T23:59:59Z

// beyond says what is wrong with a token, or ''. It looks at no signature.
export function beyond(token, now, leeway) {
  if (Buffer.byteLength(token) > maxLength) return 'longer than 8192 bytes'
  const segments = token.split('.')
  if (segments.length !== 3) return 'not three segments'
  if (!segments.every(isBase64url)) return 'not base64url in its one spelling'
  return badHeader(segments[0]) || badClaims(segments[1], now.getTime() / 1000, leeway)
}

// isBase64url is RFC 7515, section 2: no padding, no other alphabet, no white
// space, unused bits zero. jose decodes with Node's Buffer, which takes all of
// that, and so one token has many spellings.
function isBase64url(segment) {
  return /^[A-Za-z0-9_-]*$/.test(segment) && Buffer.from(segment, 'base64url').toString('base64url') === segment
}

// badHeader: latchkey's headers hold alg, typ and kid and nothing else, so that
// no token brings its own key (jwk, x5c) or an address of one (jku, x5u). jose
// ignores those members unless it is told to use them.
function badHeader(segment) {
  const { value: header, problem } = object(segment)
  if (problem) return `header: ${problem}`
  const other = Object.keys(header).find((name) => !['alg', 'typ', 'kid'].includes(name))
  if (other !== undefined) return 'header: a member that is not alg, typ or kid'
  if (typeof header.kid !== 'string' || header.kid === '') return 'header: kid is not a string'
  if (typeof header.typ !== 'string') return 'header: typ is not a string'
  return ''
}

// badClaims: jose sees that required claims are there and checks the types of
// iss, aud, exp, iat and nbf; RFC 9068, section 2.2 and latchkey ask for more.
function badClaims(segment, now, leeway) {
  const { value: claims, problem } = object(segment)
  if (problem) return `claims: ${problem}`
  const text = (name) => typeof claims[name] === 'string'
  const absentOr = (name, is) => !Object.hasOwn(claims, name) || is(claims[name])
  const strings = (v) => Array.isArray(v) && v.every((e) => typeof e === 'string')
  for (const name of ['iss', 'sub', 'jti', 'client_id']) {
    if (!text(name) || claims[name] === '') return `claims: ${name} is not a string that says something`
  }
  if (!text('aud') && !strings(claims.aud)) return 'claims: aud is neither a string nor an array of strings'
  if (!absentOr('roles', strings)) return 'claims: roles is not an array of strings'
  if (!absentOr('scope', (v) => typeof v === 'string')) return 'claims: scope is not a string'
  if (!absentOr('sid', (v) => typeof v === 'string')) return 'claims: sid is not a string'
  if (!absentOr('email_verified', (v) => typeof v === 'boolean')) return 'claims: email_verified is not a boolean'
  // JSON.parse makes Infinity of 1e400, which jose takes for a time far away.
  const time = (v) => typeof v === 'number' && v >= 0 && v <= latest
  if (!time(claims.exp) || !time(claims.iat) || !absentOr('nbf', time)) return 'claims: a time is out of range'
  // jose looks at iat only where maxTokenAge is set.
  if (claims.iat > now + leeway) return 'claims: issued in the future'
  return ''
}

// object reads one JSON object, strictly. jose decodes bytes that are not UTF-8
// to U+FFFD and skips a byte order mark; JSON.parse takes the last of duplicate
// members, where RFC 7515, section 4 and RFC 7519, section 4 have both choices
// (refuse, or take the last), and RFC 8725, section 2.4 warns of the second.
function object(segment) {
  let text
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(segment, 'base64url'))
  } catch {
    return { problem: 'not UTF-8' }
  }
  let value
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'not JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'not a JSON object' }
  const problem = structure(text)
  return problem ? { problem } : { value }
}

// structure finds duplicate members, also those that are equal only once they
// are unescaped, at any depth. text is JSON, so a string that is followed by a
// colon is a name.
function structure(text) {
  const open = [] // for each bracket that is open: the names seen, or nothing in an array
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g)
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (token === '{' || token === '[') open.push(new Set())
    if (token === '}' || token === ']') open.pop()
    if (open.length > maxDepth) return 'too deep'
    if (token[0] === '"' && tokens[i + 1] === ':') {
      const name = JSON.parse(token)
      const names = open[open.length - 1]
      if (names.has(name)) return 'duplicate member'
      names.add(name)
    }
  }
  return ''
}
