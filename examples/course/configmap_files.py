"""Settings from files, beside single values."""

from kpy import App, Chart, ConfigMap

app = App("course")
chart = app.add(Chart("configmap-files"))
game = ConfigMap.from_files("game-demo", "files/game.properties", "files/user-interface.properties")
game.data = {
    "player_initial_lives": "3",
    "ui_properties_file_name": "user-interface.properties",
    **(game.data or {}),
}
chart.add(game)
