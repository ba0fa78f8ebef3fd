package dev.tribunal.methods;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** The papers can be read, tested and used alone. */
class NoDependencyTest {

    @Test
    void onlyJavaIsKnown() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.tribunal.methods..", "java..", "org.jspecify.annotations..")
                .check(new ClassFileImporter()
                        .withImportOption(new DoNotIncludeTests())
                        .importPackages("dev.tribunal.methods"));
    }
}
