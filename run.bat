@echo off
rem The twin of "make run": from a fresh clone to a simulated hall. Needs Python 3.11 or newer, from python.org.
setlocal
cd /d "%~dp0"
set "PYTHONUTF8=1"

if not exist .venv\Scripts\python.exe (
    py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul && (py -3 -m venv .venv) || (
        python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul && python -m venv .venv
    )
)
if not exist .venv\Scripts\python.exe (
    echo Jiaohao needs Python 3.11 or newer, and none was found. Install it from python.org, then start run.bat again.
    exit /b 1
)

rem Install again only when the lock is not the one installed last.
fc /b requirements.lock .venv\installed.lock >nul 2>&1
if errorlevel 1 (
    .venv\Scripts\python -m pip --disable-pip-version-check --quiet install --no-deps -r requirements.lock || exit /b 1
    .venv\Scripts\python -m pip --disable-pip-version-check --quiet install --no-deps --editable . || exit /b 1
    copy /y requirements.lock .venv\installed.lock >nul
)

.venv\Scripts\python -m queue_server demo --data var\demo --simulate 10 --past 60 %*
