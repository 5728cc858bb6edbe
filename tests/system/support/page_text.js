// Evaluated in a page by support/status_page.py: every visible text whose contrast with what is
// behind it is less than WCAG 2.1 asks (1.4.3: 4.5, large text 3), as a list of sentences.
(() => {
    const channels = (color) => {
        const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
        return { red, green, blue, alpha };
    };
    const over = (upper, lower) => {
        const mix = (name) => upper[name] * upper.alpha + lower[name] * (1 - upper.alpha);
        return { red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: 1 };
    };
    const luminance = ({ red, green, blue }) => {
        const linear = [red, green, blue].map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const behind = (element) => {
        if (!element) return channels("rgb(255, 255, 255)");
        const own = channels(getComputedStyle(element).backgroundColor);
        return own.alpha === 1 ? own : over(own, behind(element.parentElement));
    };
    const found = [];
    let checked = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.data.trim();
        const element = walker.currentNode.parentElement;
        if (text === "" || !element.checkVisibility({ visibilityProperty: true })) continue;
        if (element.closest(":disabled, [aria-disabled=true], script, noscript")) continue;
        const style = getComputedStyle(element);
        const isDrawn = element instanceof SVGElement;
        const ground = behind(isDrawn ? element.ownerSVGElement.parentElement : element);
        const ink = over(channels(isDrawn ? style.fill : style.color), ground);
        const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        ++checked;
        if (contrast < (isLarge ? 3 : 4.5)) {
            found.push(`${contrast.toFixed(2)}: ${element.tagName} .${element.classList}: ${text}`);
        }
    }
    return { checked, found };
})();
