package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.decoder.ProductRate;

/** How well this machine multiplies in bf16, measured when it is first asked for. */
final class LocalBf16 {

    static final double SLOWDOWN = ProductRate.slowdown(Precision.BF16);

    private LocalBf16() {}
}
