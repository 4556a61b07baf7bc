// Copyright 2017 The Go Authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package argon2

import (
	"encoding/binary"
	"sync"

	"golang.org/x/crypto/blake2b"
)

// Version is the Argon2 version that is computed: 0x13, "v=19" in encoded
// hashes.
const Version = 0x13

const (
	blockLength = 128 // uint64s in a block of 1 KiB
	syncPoints  = 4   // slices of a pass
	argon2id    = 2   // the type's number (RFC 9106, section 3.1)
)

type block [blockLength]uint64

// memory is an area of whole blocks with the shape that the indices need.
type memory struct {
	blocks  []block
	passes  uint32
	threads uint32
	lane    uint32 // blocks in a lane
	segment uint32 // blocks in a lane's share of a slice
}

// spare keeps areas for the next hash: 19 MiB allocated anew for each would
// have the collector run tens of times a second. Unused ones are dropped after
// two collections.
var spare sync.Pool

// IDKey derives a key of keyLen bytes from password and salt in passes over
// kib KiB of memory, split into threads lanes that are computed one after the
// other. It panics when passes, threads or keyLen is 0: check untrusted
// parameters first.
func IDKey(password, salt []byte, passes, kib uint32, threads uint8, keyLen uint32) []byte {
	if passes < 1 || threads < 1 || keyLen < 1 {
		panic("argon2: passes, threads and keyLen must be positive")
	}
	lanes := uint32(threads)
	h0 := initHash(password, salt, passes, kib, lanes, keyLen)
	count := max(kib/(syncPoints*lanes)*(syncPoints*lanes), 2*syncPoints*lanes)

	area, _ := spare.Get().(*[]block)
	if area == nil || uint32(cap(*area)) < count {
		fresh := make([]block, count)
		area = &fresh
	}
	defer spare.Put(area)
	m := &memory{
		blocks: (*area)[:count], passes: passes, threads: lanes,
		lane: count / lanes, segment: count / lanes / syncPoints,
	}
	m.initBlocks(&h0)
	for pass := range passes {
		for slice := range uint32(syncPoints) {
			for lane := range lanes {
				m.fillSegment(pass, slice, lane)
			}
		}
	}
	return m.extractKey(keyLen)
}

// initHash is H0 of RFC 9106, section 3.2, with room for the two counters that
// initBlocks appends. Secret and associated data are empty.
func initHash(password, salt []byte, passes, kib, threads, keyLen uint32) [blake2b.Size + 8]byte {
	in := make([]byte, 0, 40+len(password)+len(salt))
	for _, v := range []uint32{threads, keyLen, kib, passes, Version, argon2id, uint32(len(password))} {
		in = binary.LittleEndian.AppendUint32(in, v)
	}
	in = append(in, password...)
	in = binary.LittleEndian.AppendUint32(in, uint32(len(salt)))
	in = append(in, salt...)
	in = binary.LittleEndian.AppendUint32(in, 0)
	in = binary.LittleEndian.AppendUint32(in, 0)

	var h0 [blake2b.Size + 8]byte
	sum := blake2b.Sum512(in)
	copy(h0[:], sum[:])
	return h0
}

func (m *memory) initBlocks(h0 *[blake2b.Size + 8]byte) {
	var raw [1024]byte
	for lane := range m.threads {
		binary.LittleEndian.PutUint32(h0[blake2b.Size+4:], lane)
		for i := range uint32(2) {
			binary.LittleEndian.PutUint32(h0[blake2b.Size:], i)
			blake2bHash(raw[:], h0[:])
			b := &m.blocks[lane*m.lane+i]
			for j := range b {
				b[j] = binary.LittleEndian.Uint64(raw[j*8:])
			}
		}
	}
}

// fillSegment computes one lane's blocks of one slice. The first half of the
// first pass picks its references from a counter (as argon2i does), the rest
// from the blocks themselves.
func (m *memory) fillSegment(pass, slice, lane uint32) {
	var addresses, in, zero block
	independent := pass == 0 && slice < syncPoints/2
	if independent {
		in = block{uint64(pass), uint64(lane), uint64(slice), uint64(len(m.blocks)), uint64(m.passes), argon2id}
	}
	index := uint32(0)
	if pass == 0 && slice == 0 {
		index = 2 // initBlocks made the first two
		nextAddresses(&addresses, &in, &zero)
	}
	offset := lane*m.lane + slice*m.segment + index
	for ; index < m.segment; index, offset = index+1, offset+1 {
		prev := offset - 1
		if index == 0 && slice == 0 {
			prev += m.lane // the lane's last block
		}
		random := m.blocks[prev][0]
		if independent {
			if index%blockLength == 0 {
				nextAddresses(&addresses, &in, &zero)
			}
			random = addresses[index%blockLength]
		}
		ref := m.reference(random, pass, slice, lane, index)
		mix(&m.blocks[offset], &m.blocks[prev], &m.blocks[ref], pass > 0)
	}
}

func nextAddresses(addresses, in, zero *block) {
	in[6]++
	mix(addresses, in, zero, false)
	mix(addresses, addresses, zero, false)
}

// reference maps a random word to the block to mix in (RFC 9106, section 3.4).
func (m *memory) reference(random uint64, pass, slice, lane, index uint32) uint32 {
	refLane := uint32(random>>32) % m.threads
	if pass == 0 && slice == 0 {
		refLane = lane
	}
	count, start := 3*m.segment, ((slice+1)%syncPoints)*m.segment
	if lane == refLane {
		count += index
	}
	if pass == 0 {
		count, start = slice*m.segment, 0
		if slice == 0 || lane == refLane {
			count += index
		}
	}
	if index == 0 || lane == refLane {
		count--
	}
	x := random & 0xFFFFFFFF
	x = (x * x) >> 32
	x = (x * uint64(count)) >> 32
	return refLane*m.lane + uint32((uint64(start)+uint64(count)-(x+1))%uint64(m.lane))
}

func (m *memory) extractKey(keyLen uint32) []byte {
	last := m.blocks[len(m.blocks)-1]
	for lane := range m.threads - 1 {
		for i, v := range m.blocks[lane*m.lane+m.lane-1] {
			last[i] ^= v
		}
	}
	var raw [1024]byte
	for i, v := range last {
		binary.LittleEndian.PutUint64(raw[i*8:], v)
	}
	key := make([]byte, keyLen)
	blake2bHash(key, raw[:])
	return key
}
