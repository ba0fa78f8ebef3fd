package dev.tribunal.languagemodel.training;

import dev.tribunal.languagemodel.decoder.PackedBatch;

/**
 * The part of a batch that a backward pass still needs.
 *
 * @param sequences of the whole batch, ascending
 * @param batch of those alone
 * @param places of its tokens in the whole batch; empty if that is the whole batch
 */
public record Selection(int[] sequences, PackedBatch batch, int[] places) {

    public static Selection of(PackedBatch whole, int size, int[] sequences) {
        if (sequences.length == size) {
            return new Selection(sequences, whole, new int[0]);
        }
        PackedBatch part = whole.only(sequences);
        return new Selection(sequences, part, whole.placesOf(part, sequences));
    }
}
