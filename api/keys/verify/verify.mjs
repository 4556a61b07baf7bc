// Puts each of latchkey's verification vectors to jose (npm), an implementation
// that shares no line with latchkey's, and compares the verdicts.
//
//   npm ci --ignore-scripts && node verify.mjs [FOLDER]
//
// FOLDER holds vectors.json and its key set; by default it is the one above.
// Exit codes: 0 all verdicts are right, 1 one is not.
//
// It is also an example of a verifier: strict.mjs has what has to be checked
// beside jose, and why.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { beyond } from './strict.mjs'

const folder = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url))
const file = JSON.parse(await readFile(join(folder, 'vectors.json'), 'utf8'))
const keys = await readKeys(join(folder, file.jwks))

// readKeys binds each key to the algorithm that the set says it is for: the
// token has no choice (RFC 8725, section 3.1).
async function readKeys(path) {
  const { keys } = JSON.parse(await readFile(path, 'utf8'))
  const bound = new Map()
  for (const jwk of keys) bound.set(jwk.kid, { alg: jwk.alg, key: await importJWK(jwk, jwk.alg) })
  return bound
}

// compact makes the token, by its recipe where it is too long to be written down.
function compact({ token, token_recipe: recipe }) {
  if (!recipe) return token
  return (recipe.prefix ?? '') + recipe.repeat.repeat(recipe.count) + (recipe.suffix ?? '')
}

// byJose verifies with jose alone, as its documentation says; '' is valid.
async function byJose(token, now) {
  try {
    const { kid } = decodeProtectedHeader(token)
    const found = keys.get(kid)
    if (!found) return 'no such key'
    await jwtVerify(token, found.key, {
      algorithms: [found.alg],
      issuer: file.issuer,
      audience: file.audience,
      typ: 'at+jwt',
      currentDate: now,
      clockTolerance: file.leeway_seconds,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id'],
      crit: {}, // no extension is understood
    })
    return ''
  } catch (error) {
    return `${error.code ?? error.name}${error.claim ? ` ${error.claim}` : ''}`
  }
}

let wrong = 0
const decided = { 'both say yes': 0, jose: 0, 'beyond jose': 0 }
for (const vector of file.vectors) {
  const token = compact(vector)
  const now = new Date(vector.clock ?? file.clock)
  const jose = await byJose(token, now)
  const more = beyond(token, now, file.leeway_seconds)
  const valid = jose === '' && more === ''
  const by = valid ? 'both say yes' : jose !== '' ? 'jose' : 'beyond jose'
  decided[by]++
  const right = valid === vector.valid
  if (!right) wrong++
  console.log([
    right ? 'right' : 'WRONG', vector.name.padEnd(32), (valid ? 'valid' : 'not valid').padEnd(10),
    vector.layer.padEnd(8), by.padEnd(13), jose || more,
  ].join(' '))
}
console.log(`${file.vectors.length} vectors, ${wrong} verdicts wrong; decided by jose: ${decided.jose}, by what goes beyond it: ${decided['beyond jose']}`)
process.exitCode = wrong > 0 || file.vectors.length === 0 ? 1 : 0
