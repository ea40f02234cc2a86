package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.testkit.Await;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a catalog is opened with, beside what the settings say. */
final class CatalogFactoryTest {
  @TempDir Path directory;
  private final DownDriver driver = new DownDriver();

  @BeforeEach
  void register() throws SQLException {
    DriverManager.registerDriver(driver);
  }

  @AfterEach
  void deregister() throws SQLException {
    DriverManager.deregisterDriver(driver);
  }

  @Test
  void aDatabaseThatNeverAnswersIsGivenUp() {
    open(Map.of("jdbc.user", "lake"));

    assertThat(driver.asked)
        .containsEntry("user", "lake")
        .containsEntry("connectTimeout", "5")
        .containsEntry("socketTimeout", "30");
  }

  @Test
  void whoeverSetsTheDeadlinesOfADatabaseHasThem() {
    open(Map.of("jdbc.socketTimeout", "7"));

    assertThat(driver.asked).containsEntry("socketTimeout", "7");
  }

  private void open(Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.put("uri", "jdbc:postgresql://db.example/lake");
    StoreFileIO io =
        new StoreFileIO(
            ObjectStores.open(
                StoreSettings.of(directory.toUri()),
                new SimpleMeterRegistry(),
                InstantSource.system()));
    CatalogFactory factory =
        new CatalogFactory(
            new CatalogSettings(CatalogSettings.JDBC, properties), directory, "file:///lake", io);
    Await.throwsKind(ErrorKind.TRANSIENT, () -> assertThat(factory.open()).isNull());
  }

  /** The driver of a database that is down. */
  private static final class DownDriver implements Driver {
    private final Properties asked = new Properties();

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:postgresql:");
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
      if (!acceptsURL(url)) {
        return null;
      }
      asked.putAll(properties);
      throw new SQLException("The database is down", "08001");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }
  }
}
