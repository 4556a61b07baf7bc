// Copyright 2017 The Go Authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package argon2

import "math/bits"

// mix is the compression function G of RFC 9106, section 3.5, into out; with
// xor it is mixed into what out holds (version 0x13, from the second pass on).
func mix(out, in1, in2 *block, xor bool) {
	var t block
	for i := range t {
		t[i] = in1[i] ^ in2[i]
	}
	for i := 0; i < blockLength; i += 16 {
		round(
			&t[i+0], &t[i+1], &t[i+2], &t[i+3],
			&t[i+4], &t[i+5], &t[i+6], &t[i+7],
			&t[i+8], &t[i+9], &t[i+10], &t[i+11],
			&t[i+12], &t[i+13], &t[i+14], &t[i+15],
		)
	}
	for i := 0; i < blockLength/8; i += 2 {
		round(
			&t[i], &t[i+1], &t[16+i], &t[16+i+1],
			&t[32+i], &t[32+i+1], &t[48+i], &t[48+i+1],
			&t[64+i], &t[64+i+1], &t[80+i], &t[80+i+1],
			&t[96+i], &t[96+i+1], &t[112+i], &t[112+i+1],
		)
	}
	if xor {
		for i := range t {
			out[i] ^= in1[i] ^ in2[i] ^ t[i]
		}
		return
	}
	for i := range t {
		out[i] = in1[i] ^ in2[i] ^ t[i]
	}
}

// round is the permutation P of RFC 9106, section 3.6: BLAKE2b's round with a
// multiplication in each addition.
func round(t00, t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12, t13, t14, t15 *uint64) {
	v00, v01, v02, v03 := *t00, *t01, *t02, *t03
	v04, v05, v06, v07 := *t04, *t05, *t06, *t07
	v08, v09, v10, v11 := *t08, *t09, *t10, *t11
	v12, v13, v14, v15 := *t12, *t13, *t14, *t15

	v00, v04, v08, v12 = half(v00, v04, v08, v12, -32, -24)
	v00, v04, v08, v12 = half(v00, v04, v08, v12, -16, -63)
	v01, v05, v09, v13 = half(v01, v05, v09, v13, -32, -24)
	v01, v05, v09, v13 = half(v01, v05, v09, v13, -16, -63)
	v02, v06, v10, v14 = half(v02, v06, v10, v14, -32, -24)
	v02, v06, v10, v14 = half(v02, v06, v10, v14, -16, -63)
	v03, v07, v11, v15 = half(v03, v07, v11, v15, -32, -24)
	v03, v07, v11, v15 = half(v03, v07, v11, v15, -16, -63)

	v00, v05, v10, v15 = half(v00, v05, v10, v15, -32, -24)
	v00, v05, v10, v15 = half(v00, v05, v10, v15, -16, -63)
	v01, v06, v11, v12 = half(v01, v06, v11, v12, -32, -24)
	v01, v06, v11, v12 = half(v01, v06, v11, v12, -16, -63)
	v02, v07, v08, v13 = half(v02, v07, v08, v13, -32, -24)
	v02, v07, v08, v13 = half(v02, v07, v08, v13, -16, -63)
	v03, v04, v09, v14 = half(v03, v04, v09, v14, -32, -24)
	v03, v04, v09, v14 = half(v03, v04, v09, v14, -16, -63)

	*t00, *t01, *t02, *t03 = v00, v01, v02, v03
	*t04, *t05, *t06, *t07 = v04, v05, v06, v07
	*t08, *t09, *t10, *t11 = v08, v09, v10, v11
	*t12, *t13, *t14, *t15 = v12, v13, v14, v15
}

// half is one half of the quarter round GB, with its two rotations.
func half(a, b, c, d uint64, r1, r2 int) (uint64, uint64, uint64, uint64) {
	a += b + 2*uint64(uint32(a))*uint64(uint32(b))
	d = bits.RotateLeft64(d^a, r1)
	c += d + 2*uint64(uint32(c))*uint64(uint32(d))
	b = bits.RotateLeft64(b^c, r2)
	return a, b, c, d
}
