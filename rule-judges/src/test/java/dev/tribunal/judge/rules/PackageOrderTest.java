package dev.tribunal.judge.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.tribunal.servicekit.testing.PackageOrder;
import org.junit.jupiter.api.Test;

/** The packages stand in the order in which things flow. */
class PackageOrderTest {

    @Test
    void noPackageKnowsALaterOne() {
        PackageOrder.holds(
                "dev.tribunal.judge.rules",
                "math",
                "instruction.text",
                "instruction.language",
                "instruction",
                "text",
                "code.sandboxed",
                "code");
    }

    /** A rule can be read, tested and used without a server. */
    @Test
    void theyKnowNeitherSpringNorTheDatabase() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "jakarta.persistence..", "java.sql..")
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.judge.rules"));
    }
}
