package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that is read whole: a regular one, of a size that such files have. */
final class SmallFile {

    private SmallFile() {}

    /**
     * What it holds now; never more than its size said, and never a wait for more.
     *
     * @param mostBytes that a sound file of this kind has
     * @throws CheckpointException if it is not a regular file, is larger, or cannot be read
     */
    static byte[] read(Path file, long mostBytes) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, file + " is not a regular file");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size > mostBytes) {
                throw new CheckpointException(
                        file, file + " has " + size + " bytes, but may have " + mostBytes + " at most");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new CheckpointException(file, file + " became shorter while it was read");
                }
            }
            return bytes.array();
        } catch (IOException unreadable) {
            throw new CheckpointException(file, file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }
}
