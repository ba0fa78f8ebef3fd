package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.chat.Message;
import java.util.Arrays;
import java.util.List;

/**
 * What a file's prompts are, eight bytes each, to tell which stand in another file as well. White space counts as one
 * space. Among a million prompts two different ones have the same hash with a probability of 3e-8.
 */
final class ContentHashes {

    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private long[] hashes = new long[64];
    private int size;

    void add(List<Message> messages) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * size);
        }
        hashes[size++] = hash(messages);
    }

    int size() {
        return size;
    }

    /** Indices of the prompts that another file has as well, in order. */
    int[] sharedWith(ContentHashes other) {
        long[] theirs = Arrays.copyOf(other.hashes, other.size);
        Arrays.sort(theirs);
        int[] shared = new int[size];
        int count = 0;
        for (int i = 0; i < size; i++) {
            if (Arrays.binarySearch(theirs, hashes[i]) >= 0) {
                shared[count++] = i;
            }
        }
        return Arrays.copyOf(shared, count);
    }

    private static long hash(List<Message> messages) {
        long hash = messages.size();
        for (Message message : messages) {
            hash = text(text(hash, message.role()), message.content());
        }
        return hash;
    }

    private static long text(long before, String text) {
        long hash = mixed(before + 1);
        boolean space = false;
        boolean begun = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (Character.isWhitespace(character)) {
                space = begun;
            } else {
                if (space) {
                    hash = mixed(hash ^ ' ');
                }
                hash = mixed(hash ^ character);
                space = false;
                begun = true;
            }
        }
        return hash;
    }

    private static long mixed(long value) {
        long mixed = value * PRIME;
        return mixed ^ (mixed >>> 29);
    }
}
