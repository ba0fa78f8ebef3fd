package dev.tribunal.servicekit.digest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4), which every Java has. */
public final class Sha256 {

    private Sha256() {}

    /** Of a text's UTF-8, 64 small hexadecimal digits. */
    public static String hex(String text) {
        return HexFormat.of().formatHex(create().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** To be fed piece by piece. */
    public static MessageDigest create() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
