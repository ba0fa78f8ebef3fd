package dev.tribunal.contracts.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The folders below which a request may name files, as {@code hf:DIRECTORY} (a Hugging Face checkpoint) or
 * {@code file:PATH}. A relative path is taken from the first root. Links are followed before the check.
 */
public final class FileRoots {

    public static final String CHECKPOINT = "hf:";
    public static final String FILE = "file:";

    private final List<Path> roots;

    /** @param roots at least one; they need not exist yet */
    public FileRoots(List<Path> roots) {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("tribunal.files.roots is empty: name at least one folder");
        }
        this.roots = roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
    }

    /** @throws IllegalArgumentException with a message for the user, if there is no such checkpoint directory */
    public Path checkpoint(String reference) {
        Path directory = resolve(reference, CHECKPOINT);
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("'" + reference + "': " + directory + " is not a directory");
        }
        return directory;
    }

    /** @throws IllegalArgumentException with a message for the user, if there is no such file */
    public Path file(String reference) {
        Path file = resolve(reference, FILE);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("'" + reference + "': " + file + " is not a file");
        }
        return file;
    }

    private Path resolve(String reference, String scheme) {
        if (!reference.startsWith(scheme) || reference.length() == scheme.length()) {
            throw new IllegalArgumentException(
                    "'" + reference + "' must be written " + scheme + (scheme.equals(FILE) ? "PATH" : "DIRECTORY"));
        }
        Path path;
        try {
            path = roots.getFirst().resolve(reference.substring(scheme.length())).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + reference + "' is not a path: " + e.getReason(), e);
        }
        requireBelowRoot(reference, path);
        if (!Files.exists(path)) {
            throw new IllegalArgumentException("'" + reference + "': " + path + " does not exist");
        }
        try {
            Path real = path.toRealPath();
            requireBelowRoot(reference, real);
            return real;
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + reference + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private void requireBelowRoot(String reference, Path path) {
        for (Path root : roots) {
            if (path.startsWith(root) || path.startsWith(real(root))) {
                return;
            }
        }
        throw new IllegalArgumentException("'" + reference + "' lies outside the folders that this service may read ("
                + roots + "); move it there, or add its folder to tribunal.files.roots");
    }

    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException absent) {
            return root;
        }
    }
}
