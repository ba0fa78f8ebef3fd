package dev.tribunal.languagemodel.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tribunal.languagemodel.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over named files: each adds its name, its length and its bytes. */
final class Digest {

    private final MessageDigest sha256;

    Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    void add(String name, byte[] content) {
        addName(name, content.length);
        sha256.update(content);
    }

    void add(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            addName(file.getFileName().toString(), channel.size());
            ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
            while (channel.read(bytes) >= 0) {
                sha256.update(bytes.flip());
                bytes.clear();
            }
        } catch (IOException unreadable) {
            throw new CheckpointException(file, file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private void addName(String name, long length) {
        sha256.update((name + "\n" + length + "\n").getBytes(UTF_8));
    }

    String hex() {
        return HexFormat.of().formatHex(sha256.digest());
    }
}
