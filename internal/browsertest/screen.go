package browsertest

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Phone makes the tab a phone's, 360×740, with touch.
func Phone() Action {
	return chromedp.EmulateViewport(360, 740, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// Colours sets what the person prefers: dark or light.
func Colours(scheme string) Action {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// Shows waits until the element of a CSS selector is to be seen with a text.
func Shows(selector, text string) Action {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.PollFunction[bool](`(selector, text) => {
			const element = document.querySelector(selector);
			return element !== null && element.checkVisibility() && element.innerText.includes(text);
		}`, chromedp.WithPollingArgs(selector, text), chromedp.WithPollingTimeout(0), chromedp.WithPollingInterval(20*time.Millisecond))(ctx, t)
		return chromedp.Void{}, err
	}
}
