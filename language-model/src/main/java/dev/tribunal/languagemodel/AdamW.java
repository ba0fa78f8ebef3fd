package dev.tribunal.languagemodel;

/**
 * One step of the gradient optimizer: AdamW (Loshchilov and Hutter, arXiv 1711.05101) as PyTorch computes it.
 *
 * @param learningRate not negative
 * @param gradientClip the largest global L2 norm of the gradient; infinity clips nothing
 */
public record AdamW(
        double learningRate, double gradientClip, double beta1, double beta2, double epsilon, double weightDecay) {

    public AdamW {
        if (!(learningRate >= 0)) {
            throw new IllegalArgumentException("learningRate is " + learningRate + ", but must not be negative");
        }
        if (!(gradientClip > 0)) {
            throw new IllegalArgumentException("gradientClip is " + gradientClip + ", but must be positive");
        }
    }

    /** PyTorch's defaults, but no weight decay, which is what post-training uses. */
    public static AdamW of(double learningRate, double gradientClip) {
        return new AdamW(learningRate, gradientClip, 0.9, 0.999, 1e-8, 0.0);
    }
}
