package dev.tribunal.languagemodel.architecture;

import java.util.Collections;
import java.util.List;

/**
 * What the families do differently within a layer's attention.
 *
 * @param inputBias whether the query, key and value projections have a bias
 * @param outputBias whether the output projection has one
 * @param headNorms whether each query and key head goes through an RMSNorm before its rotation (Qwen3)
 * @param window how many keys a query of a windowed layer sees, itself among them (Mistral, arXiv 2310.06825, section
 *     2); 0 if no layer is windowed
 * @param windowed for each layer whether the window holds there
 */
public record Attention(boolean inputBias, boolean outputBias, boolean headNorms, int window, List<Boolean> windowed) {

    public Attention {
        windowed = List.copyOf(windowed);
        if (window < 0 || windowed.contains(true) != window > 0) {
            throw new IllegalArgumentException("window is " + window + ", and windowed layers are " + windowed);
        }
    }

    /** Llama's: no biases, no norms, every query sees all keys up to its own. */
    public static Attention plain(int layers) {
        return new Attention(false, false, false, 0, Collections.nCopies(layers, false));
    }
}
