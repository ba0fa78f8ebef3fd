package dev.tribunal.reward;

import dev.tribunal.servicekit.files.FileRoots;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code tribunal.files.*}
 *
 * @param roots the folders below which a registration may name files; texts, since Spring would look for a relative
 *     path on the class path first
 */
@ConfigurationProperties("tribunal.files")
record FilesProperties(List<String> roots) {

    FileRoots fileRoots() {
        return new FileRoots(roots.stream().map(Path::of).toList());
    }
}
