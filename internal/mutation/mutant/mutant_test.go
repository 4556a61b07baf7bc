package mutant

import "testing"

// Each switch is what was there, but for the one that is on.
func TestSwitches(t *testing.T) {
	yes := func() bool { return true }
	no := func() bool { return false }
	defer func() { active = -1 }()
	for _, on := range []bool{false, true} {
		active = -1
		if on {
			active = 1
		}
		if On(1) != on || On(2) {
			t.Errorf("on %v", on)
		}
		got := []bool{
			Not(1, true), And(1, true, no), And(1, true, yes), Or(1, false, yes), Or(1, false, no),
			Wide(1, false, yes), Wide(1, true, no), Strict(1, true, yes), Strict(1, true, no),
		}
		want := []bool{!on, on, true, !on, false, on, true, !on, true}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("on %v: switch %d is %v", on, i, got[i])
			}
		}
		sum := [4]int{Add(1, 6, 3), Sub(1, 6, 3), Mul(1, 6, 3), Quo(1, 6, 3)}
		if on && sum != [4]int{3, 9, 2, 18} || !on && sum != [4]int{9, 3, 18, 2} {
			t.Errorf("on %v: %v", on, sum)
		}
	}
}
